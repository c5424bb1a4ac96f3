"""Follows one tensor's values through a recorded forward, to the call that cut its gradient off.

Values flow on where gradients do not. A tensor that came of the one in question is *live* while
autograd's graph connects the two, and *dead* behind a call that cut it off; what is dead
remembers at which calls. If the loss is dead, the first of its calls is the answer.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from torch import Tensor

from backtrace.explain.graph.flow import TensorCall
from backtrace.explain.graph.saved import storage_of


@dataclass(frozen=True)
class Trail:
    """Where a tensor's values went.

    `cuts` are those calls on its way to the loss that cut it off, in their order; `aliased` is
    the first call that took another tensor with its memory, made by nothing that was seen;
    `exits` are calls through which it left torch, `last` is the last call that took it.
    """

    cuts: tuple[TensorCall, ...]
    aliased: TensorCall | None
    reaches_loss: bool
    exits: tuple[TensorCall, ...]
    last: TensorCall | None


@dataclass
class _Mark:
    """How a tensor hangs together with the one in question; `cuts` are numbers of calls.

    `inside` is the number of a call within an autograd.Function: whether the tensor is live shows
    when it has come out.
    """

    is_live: bool = False
    cuts: set[int] = field(default_factory=set)
    inside: int | None = None

    def come_out(self, tensor: Tensor) -> None:
        if self.inside is not None and self.is_live and not tensor.requires_grad:
            self.is_live = False
            self.cuts.add(self.inside)
        self.inside = None


class _Tracer:
    def __init__(self, tensor: Tensor) -> None:
        self.marks: dict[int, _Mark] = {id(tensor): _Mark(is_live=tensor.requires_grad)}
        self.known = {id(tensor)}
        self.memory: dict[Hashable, _Mark] = {storage_of(tensor)[0]: self.marks[id(tensor)]}
        self.written: dict[Hashable, _Mark] = {}
        self.aliased: int | None = None
        self.exits: list[TensorCall] = []
        self.last: TensorCall | None = None

    def take(self, number: int, call: TensorCall) -> None:
        """Pass marks on from what went into a call to what came out."""
        found = [(each, mark) for each in call.inputs if (mark := self._mark(number, each))]
        if not call.is_inside:
            for each, mark in found:
                mark.come_out(each)
        self.known |= {id(each) for each, _ in call.outputs}
        if not found:
            return
        self.last = call
        if call.is_exit:
            self.exits.append(call)
        source = _Mark(any(mark.is_live for _, mark in found))
        source.cuts.update(*(mark.cuts for _, mark in found))
        for output, requires_grad in call.outputs:
            self._pass_on(number, call, source, output, requires_grad=requires_grad)
        for each in call.changed:
            self._pass_on(number, call, source, each, requires_grad=each.requires_grad)
        for each in call.changed:
            self.written[storage_of(each)[0]] = self.marks[id(each)]

    def _pass_on(
        self, number: int, call: TensorCall, source: _Mark, output: Tensor, *, requires_grad: bool
    ) -> None:
        """Mark one result of a call; `source` is what all that went in comes to."""
        mark = self.marks.setdefault(id(output), _Mark())
        mark.cuts |= source.cuts
        if call.is_inside and source.is_live:
            mark.is_live, mark.inside = True, number
        elif requires_grad:
            mark.is_live |= source.is_live
        else:  # `detach_` takes its own tensor out of the graph
            mark.is_live = False
            mark.cuts |= {number} if source.is_live else set()
        key = storage_of(output)[0]
        if output.numel() and (mark.cuts or key not in self.memory):
            self.memory[key] = mark

    def _mark(self, number: int, tensor: Tensor) -> _Mark | None:
        """Return a tensor's mark; one that came from nowhere has that of its memory, but dead."""
        key = storage_of(tensor)[0]
        found = self.marks.get(id(tensor)) or self.written.get(key)
        if found is not None or id(tensor) in self.known:
            return found
        self.known.add(id(tensor))
        holder = self.memory.get(key) if tensor.numel() else None
        if holder is None:
            return None
        if tensor.grad_fn is not None:  # a Function's result, or a view that was not seen
            self.marks[id(tensor)] = _Mark(holder.is_live, set(holder.cuts))
            return self.marks[id(tensor)]
        if self.aliased is None and not holder.cuts:
            self.aliased = number
        self.marks[id(tensor)] = _Mark(cuts=set(holder.cuts) or {number})
        return self.marks[id(tensor)]


def follow(tensor: Tensor, calls: Sequence[TensorCall], loss: Tensor) -> Trail:
    """Follow a tensor through the calls of a forward, to its loss."""
    tracer = _Tracer(tensor)
    for number, call in enumerate(calls):
        tracer.take(number, call)
    mark = tracer.marks.get(id(loss))
    if mark is not None:
        mark.come_out(loss)
    cuts = sorted(mark.cuts) if mark else []
    aliased = tracer.aliased
    return Trail(
        cuts=tuple(calls[number] for number in cuts if number != aliased),
        aliased=calls[aliased] if aliased is not None and aliased in cuts else None,
        reaches_loss=mark is not None,
        exits=tuple(tracer.exits),
        last=tracer.last,
    )
