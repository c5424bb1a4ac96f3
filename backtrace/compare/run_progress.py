"""One line on stderr that says how far the runs of variants are, where it is a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from backtrace.printable import literal

OnProgress = Callable[[str, int], None]  # a run's name, and how many updates it has


@contextmanager
def show_progress() -> Iterator[OnProgress]:
    """Give what is told of each run's updates; the line is gone when the block ends."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda name, count: None
        return
    counts: dict[str, int] = {}
    with console.status("starting", spinner="dots") as status:

        def tell(name: str, count: int) -> None:
            name = literal(name)
            counts[name] = count
            told = [f"{name}: {count} updates" if count else f"{name}: starting"]
            told += [f"{each}: {n}" for each, n in counts.items() if each != name]
            status.update(Text(" · ".join(told)[: max(20, console.width - 4)], no_wrap=True))

        yield tell
