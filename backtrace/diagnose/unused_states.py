"""Recurrent layers whose weight on the state before gets zeros: no step behind the loss had one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backtrace.diagnose.graph_lines import lone_line
from backtrace.diagnose.holdings import listed
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import SequenceTaken, StateBegunAnew

_HIDDEN = re.compile(r"(?P<layer>(?:.*\.)?weight_hh_l\d+)(?P<back>_reverse)?")
_ON_STATE = re.compile(r"(?P<layer>(?:.*\.)?)weight_hh(?:_l\d+(?:_reverse)?)?")
_RECURRENT = ("LSTM", "GRU", "RNN")
_BOTH = (
    "take the last state of each direction, torch.cat((h_n[-2], h_n[-1]), dim=1), or the first one "
    "at the last step and the second one at the first"
)


def explain_unused_state(run: Stretch, names: tuple[str, ...]) -> tuple[str, str, str]:
    """Return why the weights `names` got zeros, what to do, and in which line; '' if not known."""
    return _explain_begun_anew(run, names) or _explain_ends(run, names)


def _explain_ends(run: Stretch, names: tuple[str, ...]) -> tuple[str, str, str]:
    """Return the same of layers of which the loss takes the first or the last step.

    The line takes that step, if one alone in the layer's file does, or is the layer's.

    At the first step that a direction takes, the state before is zero, and so is the gradient of
    what multiplies it.
    """
    found = [_HIDDEN.fullmatch(name) for name in names]
    if not found or None in found:
        return "", "", ""
    layers = {each["layer"] for each in found if each}
    backs = {bool(each["back"]) for each in found if each}
    learned = run.census.learned if run.census else ()
    taken = list(_calls(run))
    lines = {each.where for each in taken}
    where = lines.pop() if len(lines) == 1 else ""
    end = lone_line(run, "end", where)
    if backs == {True} and all(layer in learned for layer in layers):
        what = ": the loss is made of the last step, of which the second direction has seen that "
        return what + "step alone", _BOTH, end
    if backs == {False} and all(f"{layer}_reverse" in learned for layer in layers):
        what = ": the loss is made of the first step, of which the first direction has seen that "
        return what + "step alone", _BOTH, end
    if taken and all(each.steps == 1 for each in taken):
        return (
            ": each sequence that the layer was given is one step long, with no state before it",
            "give it the steps along their own axis: (batch, steps, features) with "
            "batch_first=True",
            where,
        )
    if backs == {False} and taken:
        what = ": the loss is made of the first step alone, with no state before it"
        fix = "take the last step: output[:, -1] with batch_first=True, output[-1] without"
        return what, fix, end
    return "", "", ""


def _explain_begun_anew(run: Stretch, names: tuple[str, ...]) -> tuple[str, str, str] | None:
    """Return the same of layers that are called step by step, if they are given no state at all."""
    weights = [_ON_STATE.fullmatch(name) for name in names]
    layers = dict.fromkeys(each["layer"].rstrip(".") for each in weights if each)
    begun = {each.layer: each for each in run.of(StateBegunAnew)}
    if not layers or None in weights or not layers.keys() <= begun.keys():
        return None
    told = listed(tuple(layer or f"nn.{begun[layer].type}" for layer in layers))
    return (
        f": each call of {told} begins with a state of zeros",
        "give it the state that the call before returned",
        begun[next(iter(layers))].where,
    )


def _calls(run: Stretch) -> Iterator[SequenceTaken]:
    return (each for each in run.of(SequenceTaken) if each.type in _RECURRENT)
