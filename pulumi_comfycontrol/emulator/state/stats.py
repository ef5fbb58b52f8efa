"""Invented figures of a runner's machine [docs: runners/stats]."""

from __future__ import annotations

from typing import Any

from .errors import Unreachable
from .objects import Row


def stats_of(row: Row) -> dict[str, Any]:
    """The figures of a runner's machine; raises Unreachable where it is marked so."""
    check_reachable(row)
    return {
        "system": {
            "os": "posix",
            "ram_total": 67_430_000_000,
            "ram_free": 41_210_000_000,
            "comfyui_version": "0.3.40",
            "python_version": "3.12.3",
        },
        "devices": [
            {
                "name": "cuda:0 NVIDIA A100",
                "type": "cuda",
                "vram_total": 85_100_000_000,
                "vram_free": 80_020_000_000,
            }
        ],
        "dev_mode": False,
        "extensions": ["ComfyUI-Manager"],
    }


def check_reachable(row: Row) -> None:
    """Raise Unreachable for a machine that is marked so by the control API."""
    if not row.get("reachable", True):
        raise Unreachable
