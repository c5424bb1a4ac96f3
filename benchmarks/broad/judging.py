"""Trains a case bare and recorded, and says whether it came to the same and the books balance."""

from __future__ import annotations

import logging
import random
import signal
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

import torch
from torch import Tensor

import backtrace
from backtrace.ledger.events import Unseen

from .case import Case, Unsuitable

SECONDS = 30  # for one bare training
_REPEATS = 15  # bare trainings that have to be the same before ours counts as another
SAME, UNSEEN, ODD, NOT_MADE, SLOW = "same", "unseen", "odd", "not made", "slow"

Found = tuple[str, str]


class Judge:
    """Judges cases. What it finds wrong is in capitals.

    Args:
        tell: called before each training, so that whoever waits knows that we are alive.
        agree: whether something holds on every rank, where there are several: all of them must
            train as often, or they wait for one another.
    """

    def __init__(
        self,
        tell: Callable[[str], None] = lambda doing: None,
        agree: Callable[[bool], bool] = lambda found: found,
    ) -> None:
        self._tell = tell
        self._agree = agree

    def judge(self, case: Case) -> Found:
        """Return what became of a case, and more about it."""
        bare, raised = self._try(case, "bare", nullcontext(), SECONDS)
        if isinstance(raised, TimeoutError | Unsuitable):
            return NOT_MADE, str(raised)
        recorded, error = self._try(case, "recorded", backtrace.record(), 3 * SECONDS)
        if isinstance(error, TimeoutError):
            return SLOW, "it takes too long when it is recorded"
        if raised is not None:
            alike = error is not None and type(error) is type(raised)
            reason = _first_line(raised)
            return (NOT_MADE, reason) if alike else ("OTHER ERROR", f"{reason}; then {error!r}")
        if error is not None:
            return "RAISED", _first_line(error)
        if not self._agree(_same(bare[0], recorded[0])):
            return self._judge_bits(case, bare[0])
        return judge_books(recorded[1], case.unseen)

    def _judge_bits(self, case: Case, bare: Sequence[Tensor]) -> Found:
        """Train bare again and again, to see whether it is we who changed something."""
        later = [self._try(case, "bare", nullcontext(), SECONDS)[0][0] for _ in range(_REPEATS)]
        if not self._agree(all(_same(later[0], each) for each in later)):
            return ODD, "bare, it does not repeat itself"
        return "OTHER BITS", "" if _same(bare, later[0]) else "something was left behind"

    def _try(
        self, case: Case, doing: str, context: Any, seconds: int
    ) -> tuple[tuple[Sequence[Tensor], Any], BaseException | None]:
        self._tell(doing)
        _seed()
        trace = None
        try:
            with _limit(seconds), _quiet(), context as trace:
                found = case.train()
        except (Exception, SystemExit) as error:
            return ([], trace), error
        return ([*found, torch.get_rng_state()], trace), None


def judge_books(trace: Any, unseen: str) -> Found:
    """Say whether an update was seen, and the books of all of them balance."""
    updates = [update for update in trace.updates if update.is_complete]
    if not updates:
        said = unseen or "; ".join(
            dict.fromkeys(
                f"{event.what}: {event.reason}"
                for event in trace.events
                if isinstance(event, Unseen)
            )
        )
        return (UNSEEN, said) if said else ("NOTHING SEEN", "")
    for update in updates:
        for books in (update.grad_books, update.value_books):
            if books.is_known and not books.is_balanced:
                names = [
                    row.name for row in update.rows.values()
                    if not (row.grad_books.is_balanced and row.value_books.is_balanced)
                ]  # fmt: skip
                return "UNBALANCED", f"update {update.index}: {books} of {', '.join(names[:3])}"
    return SAME, ""


def _seed() -> None:
    torch.manual_seed(0)
    random.seed(0)
    with suppress(ImportError):
        import numpy

        numpy.random.seed(0)


def _first_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0][:100]}"


@contextmanager
def _limit(seconds: int) -> Iterator[None]:
    """Raise TimeoutError where a training takes too long."""

    def stop(*_: object) -> None:
        raise TimeoutError("it takes too long")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _quiet() -> Iterator[None]:
    """Say nothing of what libraries warn of."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _same(one: Sequence[Tensor], other: Sequence[Tensor]) -> bool:
    return len(one) == len(other) and all(map(_same_bits, one, other))


def _same_bits(one: Tensor, other: Tensor) -> bool:
    if one.dtype != other.dtype or one.shape != other.shape or one.device != other.device:
        return False
    if one.is_quantized or one.is_meta:
        return one.is_meta or torch.equal(one, other)
    one, other = (x.to_dense() if x.layout is not torch.strided else x for x in (one, other))
    if one.dtype.is_complex:
        one, other = torch.view_as_real(one), torch.view_as_real(other)
    one, other = (x.reshape(-1).contiguous().view(torch.uint8) for x in (one, other))
    return torch.equal(one, other)
