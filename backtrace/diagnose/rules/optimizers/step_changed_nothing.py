"""An optimizer steps with gradients and a learning rate, and no value ever changes.

## What it sees
At least two steps that read gradients other than zero at a rate other than zero, and not one value
that any step of this optimizer has changed.

## Why it matters
Nothing is learned. In an optimizer of one's own, `p = p - lr * p.grad` makes a new tensor and
leaves the parameter alone.

## Example
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                p = p - group["lr"] * p.grad

## Instead
    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                p -= group["lr"] * p.grad

## When it is intended
Never. A rate of zero, as when a warm-up begins, gradients of zero and rates so small that they are
rounded away are not meant here; other rules speak of them.

## Source
"How to write your own optimizers in PyTorch?", discuss.pytorch.org.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.holdings import outer_steps
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepTaken

_HALF = ("float16", "bfloat16")


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the optimizers whose steps change nothing although they should."""
    steps = [step for _, step in outer_steps(run)]
    for optimizer in dict.fromkeys(step.optimizer for step in steps):
        own = [step for step in steps if step.optimizer == optimizer]
        if any(e.delta is None or e.delta.norm != 0 for step in own for e in step.values.values()):
            continue
        due = [step for step in own if _should_move(step)]
        if len(due) < 2:
            continue
        names = tuple(name for name, grad in due[1].grads.items() if grad and grad.norm)
        yield RULE.found(
            f"{optimizer}.step ran {len(own)} times and changed no value",
            f"let the step of {due[1].type} write into the parameters: in place, under "
            "torch.no_grad()",
            run.update_at(due[1], optimizer),
            due[1].where,
            names,
            optimizer,
            steps=len(own),
            lr=max(due[1].lr),
            largest_gradient_norm=max(g.norm for g in due[1].grads.values() if g),
        )


def _should_move(step: StepTaken) -> bool:
    """Whether the rate times the gradient is far above what rounding takes."""
    if not step.lr or not min(abs(lr) for lr in step.lr) > 1e-6:
        return False
    if "LBFGS" in step.type:
        return False  # it stops where it is when it has converged, whatever its rate
    for name, grad in step.grads.items():
        value = step.values[name].before if name in step.values else None
        if grad and value and value.dtype not in _HALF and not grad.nonfinite:
            size = max(abs(value.min), abs(value.max))
            change = min(abs(lr) for lr in step.lr) * max(abs(grad.min), abs(grad.max))
            if change > 1e-6 * size and grad.norm > 1e-6:
                return True
    return False


RULE = Rule("BT207", "step-changed-nothing", "error", check, __doc__, cure="optimizer=SGD")
