"""The bundled configs, in the order in which to read them, with a line on each."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from backtrace.config.bundled import describe, find_bundled, in_teaching_order
from backtrace.language import translated


def print_configs() -> None:
    """Print the names with what each is about; in a terminal, what to type next."""
    table = Table.grid(padding=(0, 2))
    for name in in_teaching_order():
        path = find_bundled(name)
        table.add_row(Text(name, style="bold"), Text(translated(describe(path)) if path else ""))
    console = Console(highlight=False)
    console.print(table)
    if console.is_terminal:
        text = "next: backtrace run linear; configs --show NAME prints one, --copy NAME copies it"
        console.print(Text(f"\n{translated(text)}", style="dim"))
