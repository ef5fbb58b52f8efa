"""Generator of the SDKs for Node.js and Go, from the plugin's schema: ``python -m tools.sdk``.

It runs a Go program on the engine's own code generators; a test compares the checked-in SDKs with
its output.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from .build import build_sdk_generator
from .engine import ROOT

FOLDER = ROOT / "sdk"
SCHEMA = ROOT / "pulumi_comfycontrol" / "plugin" / "schema.json"
#: The parts of an SDK that the generator writes; go.mod beside them is ours.
GENERATED = ("nodejs", "go/comfycontrol")


def generate(folder: Path) -> None:
    """Write both SDKs below ``folder``; raises CalledProcessError for an invalid schema."""
    generator = build_sdk_generator(lambda text: sys.stderr.write(f"{text}\n") and None)
    subprocess.run([str(generator), str(SCHEMA), str(folder)], check=True)
    # It marks generated files for a repository that is one SDK.
    for path in folder.glob("*/.gitattributes"):
        path.unlink()


def main() -> None:
    """Replace the checked-in SDKs."""
    for name in GENERATED:
        shutil.rmtree(FOLDER / name, ignore_errors=True)
    generate(FOLDER)


if __name__ == "__main__":
    main()
