"""`backtrace.run`: trains a config from a cell, and gives its trace."""

from __future__ import annotations

import shlex
from dataclasses import replace

from backtrace.config.load import load_config
from backtrace.driver.script import is_script
from backtrace.driver.view import RunPlan, View
from backtrace.errors import UsageError
from backtrace.ledger.events import Event
from backtrace.ledger.trace import Trace


def run(
    target: str = "linear",
    *sets: str,
    limit: int | None = None,
    values: int = 16,
    by_term: bool = False,
    receipt: bool = False,
) -> Trace:
    """Train a config under the instrument, and return the trace: `backtrace.run("linear")`.

    Args:
        target: a config's path, or the name of one that `backtrace configs` lists.
        *sets: keys to change, as `--set` takes them: `"optimizer.lr=0.1"`.
        limit: stop after so many updates.
        values: the largest number of elements of which every single one is kept.
        by_term: whether each term of the loss has its own gradient taken.
        receipt: whether each change comes with the arithmetic behind it.

    Raises:
        ConfigError, DataError: the config asks for what torch or the data cannot give.
        UsageError: the target is a script, or one of `sets` is not `KEY=VALUE`.
    """
    if is_script(target):
        raise UsageError(
            f"{target}: backtrace.run trains a config; for a script, put its loop under "
            f"`with backtrace.record():`, or type `!backtrace run {target}`"
        )
    loaded = load_config(target, [_read(pair) for pair in sets])

    # torch comes in here: mistakes above cost no wait
    from backtrace.driver.options import RecordOptions
    from backtrace.driver.sources.config import run_config

    options = [word for pair in sets for word in ("--set", pair)]
    options += [] if limit is None else ["--limit", str(limit)]
    kept = _KeptRun(shlex.join(["backtrace", "run", target, *options]))
    record = RecordOptions(values, by_term=by_term, receipt=receipt, limit=limit)
    end = run_config(loaded, [kept], record)
    end.report()
    end.raise_failure()
    return kept.trace


class _KeptRun(View):
    """Keeps the events of a run; the command is the one that would do the same."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._events: list[Event] = []
        self.trace = Trace()

    def start(self, plan: RunPlan) -> None:
        """Take the header, with the command in place of the notebook's own."""
        self.trace = Trace(replace(plan.header, command=self._command), self._events)

    def take_event(self, event: Event) -> None:
        """Keep it."""
        self._events.append(event)


def _read(pair: str) -> tuple[str, str]:
    key, equals, value = pair.partition("=")
    if not key.strip() or not equals:
        raise UsageError(f"{pair!r}: write KEY=VALUE, such as 'optimizer.lr=0.1'")
    return key.strip(), value
