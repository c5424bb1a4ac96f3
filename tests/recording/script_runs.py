"""Scripts run in this process, bare and traced, and leave it as it was."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from backtrace.driver.options import RecordOptions
from backtrace.driver.script import Program, run_as_main
from backtrace.driver.sources.script import run_script
from backtrace.driver.view import RunPlan, RunResult, View
from backtrace.ledger.events import Event
from backtrace.ledger.updates import Update

SCRIPTS = Path(__file__).parent / "scripts"


@dataclass
class Seen(View):
    """A view that keeps everything, and what the script printed."""

    events: list[Event] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)
    code: int = 0
    out: str = ""
    err: str = ""
    interrupted: bool = False

    def start(self, plan: RunPlan) -> None:
        self.plan = plan

    def take_event(self, event: Event) -> None:
        self.events.append(event)

    def take_update(self, update: Update) -> None:
        self.updates.append(update)

    def finish(self, result: RunResult) -> None:
        self.interrupted = result.interrupted

    def complete(self) -> list[tuple[str, int]]:
        return [(each.optimizer, each.index) for each in self.updates if each.is_complete]


@contextmanager
def as_it_was() -> Iterator[None]:
    """Undo what a script's run leaves behind on purpose."""
    main, path, argv = sys.modules["__main__"], sys.path[:], sys.argv
    generator, threads = torch.get_rng_state(), torch.get_num_threads()
    try:
        yield
    finally:
        sys.modules["__main__"], sys.path[:], sys.argv = main, path, argv
        torch.set_rng_state(generator)
        torch.set_num_threads(threads)


def run_bare(path: Path | str, arguments: Sequence[str] = ()) -> str:
    """Run a script as it is; return what it prints."""
    with as_it_was(), redirect_stdout(io.StringIO()) as out:
        run_as_main(Program(str(path), arguments))
    return out.getvalue()


def run_traced(
    target: Path | str,
    arguments: Sequence[str] = (),
    *,
    module: bool = False,
    view: Seen | None = None,
    **options: Any,
) -> Seen:
    """Run a script under the instrument."""
    seen = view or Seen()
    with as_it_was(), redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        seen.code = run_script(
            Program(str(target), arguments, module), [seen], RecordOptions(**options)
        )
    seen.out, seen.err = out.getvalue(), err.getvalue()
    return seen
