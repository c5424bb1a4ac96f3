"""Draws the pictures of the documentation from what the real commands print.

    python docs/make_pictures.py

The same files come out each time: what differs from run to run, the time it took, is left out.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

FOLDER = Path(__file__).with_name("pictures")
PICTURES = {
    "run-linear": ("run linear --updates 2", 100),
    "compare-no-zero-grad": ("compare --no-zero-grad --updates 2-4", 100),
}
INK = [
    (36, 41, 47), (179, 29, 40), (17, 99, 41), (154, 103, 0),
    (5, 80, 174), (130, 80, 223), (27, 124, 131), (110, 119, 129),
]  # fmt: skip
PAPER = TerminalTheme((252, 252, 250), INK[0], INK)
_FONT_FACE = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_TIME = re.compile(r",(?:\s|\x1b\[[\d;]*m)+[\d.]+ m?s\b")


def run_command(arguments: str, width: int) -> str:
    """Return what `backtrace ARGUMENTS` prints on a colour terminal of this width."""
    terminal = {"TERM": "xterm-256color", "FORCE_COLOR": "1", "COLUMNS": str(width)}
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    done = subprocess.run(
        [sys.executable, "-m", "backtrace", *arguments.split()],
        env={**kept, **terminal, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    )
    return done.stdout


def draw(name: str, arguments: str, width: int) -> str:
    """Return the command's output as an SVG, which loads nothing from anywhere."""
    output = _TIME.sub("", run_command(arguments, width)).rstrip("\n")
    console = Console(record=True, width=width, file=io.StringIO(), legacy_windows=False)
    console.print(Text.from_ansi(output))
    svg = console.export_svg(title=f"backtrace {arguments}", theme=PAPER, unique_id=name)
    return _FONT_FACE.sub("", svg)


def main() -> None:
    """Write every picture."""
    FOLDER.mkdir(exist_ok=True)
    for name, (arguments, width) in PICTURES.items():
        (FOLDER / f"{name}.svg").write_text(draw(name, arguments, width), encoding="utf-8")


if __name__ == "__main__":
    main()
