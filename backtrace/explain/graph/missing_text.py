"""How a trail is told: which call cut a tensor off, and what is not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from backtrace.explain.graph.cut import Trail
from backtrace.explain.graph.flow import TensorCall
from backtrace.explain.graph.stopped import Stopper
from backtrace.ledger.graph_facts import MissingGradient, Reason

CHECKED = (
    "its requires_grad",
    "the graph behind the loss",
    "every call of torch's in one forward",
    "two forwards with other values in it",
)
UNSEEN = "what goes on in numpy, extensions and compiled code is not seen"


@dataclass(frozen=True)
class Suspect:
    """A tensor whose gradient is looked for."""

    name: str
    kind: Literal["parameter", "input"]
    tensor: Tensor
    owner: str = ""  # the module that holds it
    owner_called: bool = False


def tell_frozen(suspect: Suspect) -> MissingGradient:
    """It was never asked for a gradient."""
    tensor = suspect.tensor
    if not (tensor.is_floating_point() or tensor.is_complex()):
        kind = str(tensor.dtype).removeprefix("torch.")
        text = f"its numbers are {kind}, and only floating-point tensors have gradients"
        return _missing(suspect, "not differentiable", text)
    text = "requires_grad is False, so autograd keeps no track of it"
    return _missing(suspect, "frozen", text)


def tell_stopped(suspect: Suspect, stopper: Stopper) -> MissingGradient:
    """The graph leads to it, but a node's backward gave None."""
    text = f"the backward of {stopper.operation} was given a gradient and gave None on"
    return MissingGradient(
        suspect.name, suspect.kind, "stopped", text,
        operation=stopper.operation, module=stopper.module, where=stopper.where,
    )  # fmt: skip


def tell_trail(suspect: Suspect, trail: Trail, changes_loss: bool | None) -> MissingGradient:
    """Its values were followed to the loss; `changes_loss` is what other values did to that."""
    if trail.cuts:
        return _at(suspect, trail.cuts[0], *_cut(trail.cuts[0]))
    if trail.aliased is not None:
        text = "another tensor with its memory went in, made by .data or .detach() before"
        return _at(suspect, trail.aliased, "detached", text)
    if changes_loss and trail.exits:
        call = trail.exits[0]
        text = f"{_shown(call)} made numbers of it, and the loss changes with them"
        if len({each.where for each in trail.exits}) > 1:
            lines = dict.fromkeys(each.where for each in trail.exits)
            text += f"; left torch at {', '.join(lines)}: which of them counts is not known"
        return _at(suspect, call, "left torch", text)
    if changes_loss is False and not trail.reaches_loss:
        return _unused(suspect, trail)
    what = {True: "changes", False: "does not change", None: "could not be tried"}[changes_loss]
    text = f"no call was seen to cut it off; the loss {what} with its values; {UNSEEN}"
    return _missing(suspect, "unknown", text, checked=CHECKED)


def _unused(suspect: Suspect, trail: Trail) -> MissingGradient:
    if trail.last is not None:
        text = f"{_shown(trail.last)} was the last to use it: nothing of that reached the loss"
        return _at(suspect, trail.last, "unused", text)
    text = "no call in this forward was given it"
    if suspect.owner:
        was = "was called" if suspect.owner_called else "was not called"
        text += f"; its module {suspect.owner!r} {was}"
    return _missing(suspect, "unused", text, module=suspect.owner)


def _cut(call: TensorCall) -> tuple[Reason, str]:
    """Return what a call has done to the graph."""
    shown = _shown(call)
    if call.name == ".data":
        return "data", ".data gave its values in a tensor without a graph"
    if call.name in ("detach", "detach_"):
        return "detached", f"{shown} gave its values in a tensor without a graph"
    if call.is_inside:
        return "detached", f"an autograd.Function around {shown} gave a tensor without a graph"
    floats = [each for each, _ in call.outputs if each.is_floating_point() or each.is_complex()]
    if call.outputs and not floats:
        kind = str(call.outputs[0][0].dtype).removeprefix("torch.")
        return "not differentiable", f"{shown} gave {kind}, which has no gradient"
    if call.is_off:
        since = f" (since {call.off_since})" if call.off_since else ""
        return "no_grad", f"{shown} ran where gradients are off{since}"
    return "detached", f"{shown} gave a tensor without a graph"


def _shown(call: TensorCall) -> str:
    return call.name if call.name.startswith(".") else f"{call.name}()"


def _missing(
    suspect: Suspect,
    reason: Reason,
    text: str,
    *,
    module: str = "",
    checked: tuple[str, ...] = (),
) -> MissingGradient:
    return MissingGradient(suspect.name, suspect.kind, reason, text, module=module, checked=checked)


def _at(suspect: Suspect, call: TensorCall, reason: Reason, text: str) -> MissingGradient:
    return MissingGradient(
        suspect.name, suspect.kind, reason, text,
        operation=call.name, module=call.module, where=call.where,
    )  # fmt: skip
