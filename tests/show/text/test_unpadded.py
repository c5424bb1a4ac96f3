"""Lines end where their text does: what is copied from a terminal or a log has no blanks."""

from __future__ import annotations

import io

from rich.console import Console
from rich.table import Table
from rich.text import Text

from backtrace.show.text.unpadded import Unpadded


def test_lines_end_with_their_text_and_keep_what_is_before_it():
    grid = Table.grid(padding=(0, 1))
    for left, right in (("a", "one"), ("", ""), ("bb", "longer than one")):
        grid.add_row(Text(left), Text(right, style="dim"))
    stream = io.StringIO()
    Console(file=stream, width=40).print(Unpadded(grid))
    assert stream.getvalue() == "a  one\n\nbb longer than one\n"


def test_colours_stay():
    stream = io.StringIO()
    console = Console(file=stream, width=20, force_terminal=True, color_system="standard")
    console.print(Unpadded(Text("red", style="red")))
    assert "\x1b[31mred" in stream.getvalue() and " " not in stream.getvalue()
