"""Reads how the terms of an announced loss shared each update's gradient."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backtrace.diagnose.needs import Need
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan, LossComputed, Split


@dataclass(frozen=True, slots=True)
class Shared:
    """One update: the terms' values, and how they share the gradient of all parameters."""

    number: int
    where: str
    values: Mapping[str, float]
    split: Split


def is_mixed(run: Stretch) -> bool:
    """Whether a loss of several terms was announced."""
    return any(len(loss.terms) > 1 for loss in run.of(LossComputed))


def shared_updates(run: Stretch) -> Iterator[Shared]:
    """Give each update whose terms' gradients were taken one by one."""
    for window in run.windows:
        splits = [b for b in window.of(BackwardRan) if "" in b.splits and b.splits[""].norms]
        losses = window.of(LossComputed)
        if window.step and splits and losses:
            back = splits[-1]
            values = {
                term: sum(loss.terms.get(term, 0.0) for loss in losses) for term in losses[0].terms
            }
            yield Shared(window.number, back.where, values, back.splits[""])


TERMS = Need(
    lambda run: not run.steps or not is_mixed(run) or any(shared_updates(run)),
    "the gradients of the loss's terms were not taken one by one (run with --by-term, or record "
    "with by_term=True), or no parameter of a model got any",
)
