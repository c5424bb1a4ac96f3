"""One forward and backward of the copy, written down, and the gradients derived beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isfinite, isnan

import torch
from torch import Tensor, nn

from backtrace.errors import UsageError
from backtrace.explain.chain.captured_calls import CapturedCall, capture_calls, flatten
from backtrace.explain.chain.chain_rule import (
    DerivedGradients,
    derive_chain,
    derive_each,
    derive_loss,
    find_layers,
)
from backtrace.explain.rules import has_table_entry
from backtrace.explain.verify.checks import FLOOR
from backtrace.explain.verify.float64_copy import Float64Copy
from backtrace.train.problems import first_line


@dataclass(frozen=True)
class Collected:
    """What is known once the batch has gone forward and back.

    Args:
        loss: as autograd's forward gave it.
        input_grad: None for an input of integers, or one that is not on a path to the loss.
        at_output: the gradient of the loss at each tensor of the model's output, by hand, if every
            term has a rule; and autograd's.
        is_chain: whether the model is a Sequential, whose layers were derived one from the next.
        repeats: why finite differences cannot be taken, or nothing.
    """

    subject: Float64Copy
    loss: float
    input_grad: Tensor | None
    derived: DerivedGradients
    loss_calls: list[CapturedCall]
    at_output: list[tuple[Tensor, Tensor]]
    is_chain: bool
    repeats: str

    @property
    def floor(self) -> float:
        """The difference between gradients that rounding explains, be they as small as can be."""
        grads = [self.grad_of(name) for name in self.subject.parameters]
        sizes = [
            float(g.abs().max()) for g in [*grads, self.input_grad] if g is not None and g.numel()
        ]
        return FLOOR * max((size for size in sizes if isfinite(size)), default=0.0)

    def grad_of(self, name: str) -> Tensor | None:
        """Return autograd's gradient of a parameter; None where it gave none."""
        grad = self.subject.parameters[name].grad
        return None if grad is None else grad.to_dense()


def collect(subject: Float64Copy) -> Collected:
    """Run the copy forward and back once, and derive what it did.

    Raises:
        UsageError: there is no gradient to verify, or the backward fails.
        ConfigError: the forward or the loss fails.
    """
    layers = find_layers(subject.model)
    tracked = list(_to_track("", subject.model)) if layers is None else layers
    terms = [(f"loss {name}", term.loss) for name, term in subject.mix.terms.items()]
    if subject.input.is_floating_point():
        subject.input.requires_grad_()
    with capture_calls(_distinct(tracked)) as calls, capture_calls(_distinct(terms)) as loss_calls:
        forward = subject.forward()
        loss = forward.loss
    arrived = _follow(forward.output)
    if not loss.requires_grad:
        raise UsageError("nothing that this loss depends on requires a gradient")
    try:
        loss.backward()  # type: ignore[no-untyped-call]
    except RuntimeError as error:
        raise UsageError(f"backward failed: {first_line(error)}") from None
    with torch.no_grad():
        at_output, missing = derive_loss(subject.mix, forward.output, loss_calls)
        if layers is None:
            derived = derive_each(calls, missing)
        else:
            derived = derive_chain(calls, at_output, missing)
    level, again = subject.loss(), subject.loss()
    return Collected(
        subject=subject,
        loss=float(loss.detach()),
        input_grad=subject.input.grad,
        derived=derived,
        loss_calls=loss_calls,
        at_output=[] if at_output is None else list(zip(at_output, arrived, strict=True)),
        is_chain=layers is not None,
        repeats="" if level == again or isnan(level) else _unsteady(level, again),
    )


def _follow(output: object) -> list[Tensor]:
    """Return a tensor per tensor of the output, into which the backward writes its gradient."""
    found = []
    for y in flatten(output):
        if y.is_floating_point():
            grad = torch.zeros_like(y, requires_grad=False)
            found.append(grad)
            if y.requires_grad:
                y.register_hook(_writer(grad))  # type: ignore[no-untyped-call]
    return found


def _writer(found: Tensor) -> Callable[[Tensor], None]:
    def write(grad: Tensor) -> None:  # a hook that returned something would replace the gradient
        found.copy_(grad)

    return write


def _unsteady(one: float, other: float) -> str:
    return f"two forwards of the same batch gave the losses {one!r} and {other!r}"


def _to_track(name: str, module: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """Yield the modules to write down: those with a rule, and otherwise those with no children."""
    children = list(module.named_children())
    if has_table_entry(module) or not children:
        yield name or "model", module
        return
    for child_name, child in children:
        yield from _to_track(f"{name}.{child_name}" if name else child_name, child)


def _distinct(modules: list[tuple[str, nn.Module]]) -> list[tuple[str, nn.Module]]:
    """Return each module once, by its first name: its hook fires at every call."""
    found: dict[int, tuple[str, nn.Module]] = {}
    for name, module in modules:
        found.setdefault(id(module), (name, module))
    return list(found.values())
