"""Gathers the calls of a loss function by the line that makes them."""

from __future__ import annotations

from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loss_facts import LossCalled

Site = tuple[str, str]  # where, and the function's name


def trained_losses(run: Stretch) -> dict[Site, list[LossCalled]]:
    """Return the calls whose input was computed with a graph, by site."""
    return run.once(_trained_losses)


def _trained_losses(run: Stretch) -> dict[Site, list[LossCalled]]:
    found: dict[Site, list[LossCalled]] = {}
    for call in run.of(LossCalled):
        if call.input_from:
            found.setdefault((call.where, call.function), []).append(call)
    return found


def is_softmax(name: str) -> bool:
    """Whether an operation's name is that of a softmax, the logarithmic one left out."""
    return "Softmax" in name and "Log" not in name
