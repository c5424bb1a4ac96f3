"""The list of experiments on a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from backtrace.language import localized
from backtrace.show.content.next_looks import after_experiments
from backtrace.show.text.findings import print_command
from backtrace.steer.catalogue import EXPERIMENTS


def print_experiments() -> None:
    """Print each experiment as it is typed, with what it does and what it takes."""
    console = Console(highlight=False, markup=False, emoji=False)
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for each in EXPERIMENTS:
        value = "VALUE" if each.takes and not each.is_optional else ""
        flag = f"{each.flag} {value}" if each.flag else f"--with {each.key}={value}"
        takes = f"VALUE: {each.takes}." if each.takes else ""
        if each.is_optional:
            takes = f"--with {each.key}=VALUE: {each.takes}."
        said = f"{localized(each.does)} {localized(takes) if takes else ''}"
        table.add_row(flag.rstrip(" ="), Text(said.strip()))
    console.print(table)
    also = "Each flag is also --with KEY[=VALUE]: --with no_zero_grad, --with lr=0.1x."
    console.print(Text(f"\n{localized(also)}"))
    plain = next(each.flag for each in EXPERIMENTS if each.flag and not each.takes)
    print_command(console, after_experiments(plain))
