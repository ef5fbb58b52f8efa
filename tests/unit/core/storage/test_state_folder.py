"""The state folder in unusual environments."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pulumi_comfycontrol.core.storage.state_folder import state_folder


def test_a_chosen_folder_wins() -> None:
    """COMFYCONTROL_STATE_DIR wins, whether or not the folder exists."""
    assert state_folder({"COMFYCONTROL_STATE_DIR": "here"}) == Path("here")


@pytest.mark.skipif(os.name == "nt", reason="the users of Windows are not in /etc/passwd")
def test_a_user_without_a_home_gets_a_folder_that_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container's made-up user id: nothing is raised, and no folder named ~ is made."""
    import pwd

    def unknown(_id: int) -> None:
        raise KeyError

    monkeypatch.chdir(tmp_path)
    for name in ("HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    folder = state_folder({})
    with pytest.raises(OSError, match=os.devnull):
        folder.mkdir(parents=True)
    assert list(tmp_path.iterdir()) == []
