"""`backtrace configs`."""

from __future__ import annotations


def configs() -> None:
    """List the bundled configs and what each one shows."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from backtrace.config.bundled import bundled_names, describe, find_bundled

    table = Table.grid(padding=(0, 2))
    for name in bundled_names():
        path = find_bundled(name)
        table.add_row(Text(name, style="bold"), Text(describe(path) if path else ""))
    Console(highlight=False).print(table)
