"""Trains up to one update under the recorder, and keeps what went through the layers in it."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import torch
from torch import Tensor, nn

from backtrace.errors import UsageError
from backtrace.explain.chain.captured_calls import Call, recorded
from backtrace.explain.rules.rule import Rule, Tensors
from backtrace.ledger.events import Event
from backtrace.ledger.ledger import Ledger
from backtrace.ledger.updates import Update
from backtrace.recording.record import record
from backtrace.train.training import Training

Named = list[tuple[str, nn.Module]]


@dataclass(frozen=True)
class Heard:
    """One call of a layer or loss, in float64: what a rule is given, and autograd's gradients."""

    name: str
    module: nn.Module
    rule: Rule | None
    why: str
    inputs: Tensors
    outputs: Tensors
    grads: Tensors


@dataclass(frozen=True)
class MicroBatch:
    """The calls of one forward in their order; `output` is None if it is no single tensor."""

    calls: list[Heard]
    losses: list[Heard]
    output: Tensor | None


@dataclass(frozen=True)
class Observed:
    """One update: its micro-batches, its books, and `.grad` of the parameter, in float64.

    `earlier` are the updates whose gradients were never cleared since; `held` is what the first
    backward found, `grad` what the last one left, `clipped` what `step` read.
    """

    update: Update
    earlier: list[Update]
    micro_batches: list[MicroBatch]
    held: Tensor | None
    grad: Tensor | None
    clipped: Tensor | None


@dataclass
class _Notebook:
    """Takes notes while one update goes on; the loop calls it through its own callables."""

    model: nn.Module
    parameter: nn.Parameter
    tracked: Named
    losses: Named
    stack: ExitStack = field(default_factory=ExitStack)
    calls: list[Call] = field(default_factory=list)
    loss_calls: list[Call] = field(default_factory=list)
    starts: list[tuple[int, int]] = field(default_factory=list)
    outputs: list[Tensor | None] = field(default_factory=list)
    values: list[tuple[nn.Parameter, Tensor]] = field(default_factory=list)
    held: Tensor | None = None
    grad: Tensor | None = None
    clipped: Tensor | None = None

    def begin(self) -> None:
        """Begin to listen to the layers."""
        self.calls = self.stack.enter_context(recorded(self.tracked))
        self.loss_calls = self.stack.enter_context(recorded(self.losses))
        # After `recorded`, which looks at whether a module has hooks of its own.
        self.stack.callback(self.model.register_forward_pre_hook(self._before).remove)
        self.stack.callback(self.model.register_forward_hook(self._after).remove)

    def end(self) -> None:
        """Stop listening, and keep the values that the layers had."""
        self.stack.close()
        self.grad = _copy(self.parameter.grad)
        self.values = [(each, each.detach().clone()) for each in self.model.parameters()]

    def _before(self, _: nn.Module, __: Any) -> None:
        if not self.starts:
            self.held = _copy(self.parameter.grad)
        self.starts.append((len(self.calls), len(self.loss_calls)))

    def _after(self, _: nn.Module, __: Any, output: Any) -> None:
        self.outputs.append(output.detach().clone() if isinstance(output, Tensor) else None)

    def write(self) -> list[MicroBatch]:
        """Return the micro-batches in float64, with the layers as they were in the update."""
        masks = {id(call): call.kept for call in (*self.calls, *self.loss_calls)}
        with torch.no_grad():
            for parameter, value in self.values:
                parameter.copy_(value)
        for module in (self.model, *(loss for _, loss in self.losses)):
            module.to("cpu", torch.float64)
        ends = [*self.starts[1:], (len(self.calls), len(self.loss_calls))]
        return [
            MicroBatch(
                [_heard(call, masks[id(call)]) for call in self.calls[first:last]],
                [_heard(call, masks[id(call)]) for call in self.loss_calls[start:end]],
                None if output is None else widen(output),
            )
            for (first, start), (last, end), output in zip(
                self.starts, ends, self.outputs, strict=True
            )
        ]


def observe(training: Training, parameter: nn.Parameter, tracked: Named, update: int) -> Observed:
    """Train the first updates, and return the one with number `update`.

    The training is used up: its model is left in float64, with the values of that update.

    Raises:
        UsageError: the training ends before that.
        ConfigError, DataError: torch or the data refuse something on the way.
    """
    losses = [(f"loss {name}", term.loss) for name, term in training.criterion.terms.items()]
    notes = _Notebook(training.model, parameter, tracked, losses)
    ledger = Ledger()
    found: list[Update] = []
    earlier: list[Update] = []

    def take(event: Event) -> None:
        for each in ledger.take(event):
            if any(call.name == "zero_grad" for call in each.calls):
                earlier.clear()
            (found if each.index == update else earlier).append(each)

    with notes.stack:
        if update == 1:
            notes.begin()
        limited = _noting(training, notes, update)
        with record(training.model, training.optimizer, sink=take, receipt=True):
            limited.run()
    if not found:
        raise UsageError(f"--update {update}: the training ended before it")
    with torch.no_grad():
        micro_batches = notes.write()
    held, grad, clipped = (
        None if each is None else widen(each) for each in (notes.held, notes.grad, notes.clipped)
    )
    return Observed(found[0], earlier, micro_batches, held, grad, clipped)


def _noting(training: Training, notes: _Notebook, last: int) -> Training:
    """Return the training that ends with an update, and takes notes in it."""
    loop = training.loop
    epochs = loop.epochs or (None if loop.updates else 1)
    done = 1

    def clip() -> None:
        if done == last:
            notes.end()
        if training.clip:
            training.clip()
        if done == last:
            notes.clipped = _copy(notes.parameter.grad)

    def schedule(update: int) -> None:
        nonlocal done
        if training.schedule:
            training.schedule(update)
        done = update + 1
        if done == last:
            notes.begin()

    limited = loop.model_copy(update={"updates": last, "epochs": epochs})
    return replace(training, loop=limited, clip=clip, schedule=schedule)


def widen(tensor: Tensor) -> Tensor:
    """Return a tensor on the CPU, in float64 unless it holds integers."""
    tensor = tensor.detach().cpu()
    return tensor.double() if tensor.is_floating_point() else tensor


def _heard(call: Call, kept: Tensors) -> Heard:
    inputs, outputs, grads = (
        tuple(map(widen, group)) for group in (kept, call.outputs, call.filled_grads())
    )
    return Heard(call.name, call.module, call.rule, call.why, inputs, outputs, grads)


def _copy(grad: Tensor | None) -> Tensor | None:
    return None if grad is None else grad.detach().to_dense().clone()
