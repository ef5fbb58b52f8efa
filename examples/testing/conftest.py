"""What the tests share."""

import pulumi
import pytest
from recorder import Recorder


@pytest.fixture
def engine() -> Recorder:
    """A stand-in for the engine that has seen nothing yet."""
    recorder = Recorder()
    pulumi.runtime.set_mocks(recorder, project="testing", preview=False)
    return recorder
