"""Generator of docs/demo.svg, a picture of ``make demo``: ``python -m tools.picture``.

Runs the demo in a pseudo-terminal, so that the picture has the CLI's colours and redrawn lines;
shows the steps between two marks, since the whole would not fit a page.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator

import pyte
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.style import Style
from rich.text import Text

from .engine import ROOT

PICTURE = ROOT / "docs" / "demo.svg"
#: Columns of the terminal, and more lines than the demo has, so that nothing scrolls away.
WIDTH, HEIGHT = 100, 400
#: The marks at which the picture begins and ends.
FIRST, LAST = "$ pulumi up", "$ pulumi destroy"
#: Names of the terminal's emulator that rich calls otherwise.
_COLOURS = {"brown": "yellow", "default": None}


def main() -> int:
    """Record the demo and write the picture; returns 1 when the demo failed."""
    lines = list(record([sys.executable, "-m", "tools.demo"]))
    plain = [line.plain for line in lines]
    starts = [number for number, line in enumerate(plain) if line.startswith((FIRST, LAST))]
    if not any(line.startswith(LAST) for line in plain):
        sys.stderr.write("picture: the demo failed:\n" + "\n".join(filter(None, plain)) + "\n")
        return 1
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    blank = False
    for line in lines[starts[0] : starts[-1]]:
        if line.plain or not blank:
            console.print(line, no_wrap=True, overflow="crop")
        blank = not line.plain
    picture = console.export_svg(title="make demo", unique_id="demo", code_format=_without_fonts())
    PICTURE.write_text(picture, encoding="utf-8")
    return 0


def _without_fonts() -> str:
    """Return rich's frame of a picture, without the fonts that it would load from elsewhere."""
    return re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


def record(command: list[str]) -> Iterator[Text]:
    """Run a command in a terminal, and return the terminal's final screen."""
    screen = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.ByteStream(screen)
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
    environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": str(WIDTH)}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    while True:
        try:
            data = os.read(master, 65536)
        except OSError:  # on Linux: the other end is closed
            break
        if not data:
            break
        stream.feed(data)
    os.close(master)
    process.wait()
    for row in range(HEIGHT):
        yield _line(screen, row)


def _line(screen: pyte.Screen, row: int) -> Text:
    text = Text()
    for column in range(WIDTH):
        cell = screen.buffer[row][column]
        colour = _COLOURS.get(cell.fg, cell.fg)
        if colour and re.fullmatch(r"[0-9a-f]{6}", colour):
            colour = f"#{colour}"
        text.append(cell.data, Style(color=colour, bold=cell.bold, italic=cell.italics))
    text.rstrip()
    return text


if __name__ == "__main__":
    sys.exit(main())
