"""Layers whose weights get zeros while their biases get gradients: they are given zeros alone."""

from __future__ import annotations

from collections.abc import Set

from backtrace.diagnose.holdings import listed
from backtrace.diagnose.recurrent_layers import is_fed_zeros
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import ForwardRan
from backtrace.ledger.source_facts import SlipSeen

_MADE = (
    "give it numbers: a decoder that is trained is given its targets, shifted by one step, "
    "targets[:, :-1]"
)
_COME = "look at what it is given: data of zeros, or an activation that is zero everywhere"


def explain_zero_input(run: Stretch, names: tuple[str, ...]) -> tuple[str, str, str] | None:
    """Return why the weights `names` got zeros, what to do, and where; None if not so.

    The gradient of a matrix is the gradient behind it times what it is given, that of the bias
    beside it the first alone. Where the source makes zeros for the call, it is that line.
    """
    learned: Set[str] = run.census.learned if run.census else frozenset()
    for name in names:
        if is_fed_zeros(name, learned):
            continue
        layer, _, last = name.rpartition(".")
        seen = run.parameters.get(name)
        is_matrix = seen is not None and len(seen.shape) > 1
        if last != "weight" or not is_matrix or f"{layer}.bias" not in learned:
            return None
    told = listed(tuple(name.rpartition(".")[0] for name in names))
    line = _find_line(run)
    return f": what {told} is given is zero everywhere", _MADE if line else _COME, line


def _find_line(run: Stretch) -> str:
    """Return the line that makes the zeros which a model is called with, where it is one alone."""
    called = {event.where for event in run.of(ForwardRan)}
    found = {
        slip.where
        for slip in run.of(SlipSeen)
        if slip.kind == "zeros-given" and f"{slip.where.rpartition(':')[0]}:{slip.beside}" in called
    }
    return found.pop() if len(found) == 1 else ""
