"""Runs a script under the instrument in a forked process, and says what was trained and found."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import random
import runpy
import select
import signal
import sys
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, prod
from pathlib import Path

import numpy
import torch

import backtrace
from backtrace.diagnose.causes import find_causes
from backtrace.diagnose.diagnose import diagnose
from backtrace.diagnose.history import History
from backtrace.ledger.events import BackwardRan, Event, StepTaken

_CLOSE = 1e-5  # of a number: below it two trainings are the same


class _EnoughError(BaseException):
    """Stops a script that has made as many updates as its case wants to see."""


@dataclass(frozen=True)
class Alarm:
    """An error or warning: its code, update, line and whether no other alarm explains it."""

    code: str
    update: int
    line: int
    is_root: bool


@dataclass(frozen=True)
class Trial:
    """What came of a run: the numbers of its training, the alarms, and how it ended.

    `optimizers` are the types of those that stepped, `matrices` how many tensors of two axes or
    more, with more than one element, they moved.
    """

    numbers: tuple[float, ...]
    alarms: tuple[Alarm, ...]
    steps: int
    ended: str
    optimizers: frozenset[str]
    matrices: int

    def differs(self, other: Trial) -> bool:
        """Whether something else was trained."""
        if len(self.numbers) != len(other.numbers):
            return True
        pairs = zip(self.numbers, other.numbers, strict=True)
        return any(
            isnan(a) != isnan(b) or abs(a - b) > _CLOSE * max(abs(a), abs(b)) for a, b in pairs
        )


def try_script(source: str, *, limit: int | None = None, seconds: float = 20) -> Trial | None:
    """Run a script; None where it does not end in time, or takes its process with it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        with contextlib.suppress(BaseException):
            told = pickle.dumps(_run(source, limit))
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(told)
        os._exit(0)
    os.close(writing)
    told = b""
    with os.fdopen(reading, "rb") as pipe:
        if select.select([pipe], [], [], seconds)[0]:
            told = pipe.read()
        else:
            os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return pickle.loads(told) if told else None


def warm_up(paths: Sequence[Path]) -> None:
    """Run scripts here, so that what torch loads on first use is loaded before any fork."""
    before, argv = Path.cwd(), sys.argv[:]
    for path in paths:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
            _record(path, limit=3)
    os.chdir(before)
    sys.argv[:] = argv


def _run(source: str, limit: int | None) -> Trial:
    torch.manual_seed(0)
    random.seed(0)
    numpy.random.seed(0)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        path = Path(folder) / "train.py"
        path.write_text(source, encoding="utf-8")
        sys.argv[:] = [str(path)]
        return _record(path, limit)


def _record(path: Path, limit: int | None) -> Trial:
    events: list[Event] = []
    history = History()
    steps = 0

    def take(event: Event) -> None:
        nonlocal steps
        events.append(event)
        history.take(event)
        steps += isinstance(event, StepTaken)
        if isinstance(event, StepTaken) and steps == limit:
            raise _EnoughError

    ended = ""
    with backtrace.record(sink=take):
        try:
            runpy.run_path(str(path), run_name="__main__")
        except _EnoughError:
            pass
        except SystemExit as error:
            ended = "SystemExit" if error.code else ""
        except Exception as error:
            ended = type(error).__name__
    alarms = diagnose(history.stretches()).alarms
    roots = {id(cause.finding) for cause in find_causes(alarms)}
    taken = [event for event in events if isinstance(event, StepTaken)]
    shapes = {name: e.after.shape for s in taken for name, e in s.values.items() if e.after}
    return Trial(
        _numbers(events),
        tuple(Alarm(a.code, a.update, _line(a.where), id(a) in roots) for a in alarms),
        steps,
        ended,
        frozenset(event.type for event in taken),
        sum(len(shape) > 1 and prod(shape) > 1 for shape in shapes.values()),
    )


def _line(where: str) -> int:
    name, _, line = where.rpartition(":")
    return int(line) if name.endswith("train.py") and line.isdigit() else 0


def _numbers(events: Sequence[Event]) -> tuple[float, ...]:
    """Return losses, gradients' norms and values' norms and means, in order."""
    found: list[float] = []
    for event in events:
        if isinstance(event, BackwardRan):
            found.append(event.loss or 0.0)
        elif isinstance(event, StepTaken):
            for entry in event.values.values():
                if entry.after is not None:
                    found += [entry.after.norm, entry.after.mean]
    return tuple(found)
