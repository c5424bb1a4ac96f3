"""Gradients are clipped, but not those that were just computed.

## What it sees
A clipping call that stands between backward and step, and in at least two updates finds not one
gradient among the tensors it was given, though others have some.

## Why it matters
Nothing is clipped, and nothing says so: `clip_grad_norm_` returns a norm of zero. The usual cause
is a generator: `params = model.parameters()` is used up by the optimizer, and then empty.

## Example
    params = model.parameters()
    optimizer = torch.optim.SGD(params, lr=0.1)
    ...
    torch.nn.utils.clip_grad_norm_(params, 1.0)

## Instead
    params = list(model.parameters())
    optimizer = torch.optim.SGD(params, lr=0.1)
    ...
    torch.nn.utils.clip_grad_norm_(params, 1.0)

## When it is intended
A network that gets no gradient in some updates may be clipped in all of them. This rule is silent
when the same line clips something at any other time.

## Source
torch.nn.utils.clip_grad_norm_, PyTorch documentation; its warning about an empty generator.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.clip_calls import ClipCall, find_clip_calls
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that clips nothing."""
    by_line: dict[str, list[ClipCall]] = {}
    for clipping in find_clip_calls(run):
        by_line.setdefault(clipping.event.where, []).append(clipping)
    for where, found in by_line.items():
        served = [each.served for each in found if each.found == "nothing" and each.served]
        if any(each.found in ("new", "read") for each in found) or len(served) < 2:
            continue
        number, step = served[1]
        yield RULE.found(
            f"{found[0].event.call} found no gradient to clip, though {step.optimizer}.step "
            "read some",
            f"give it the parameters that {step.optimizer} steps, as a list",
            number,
            where,
            (),
            step.optimizer,
            calls=len(found),
            limit="unknown" if found[0].event.limit is None else found[0].event.limit,
        )


RULE = Rule("BT112", "clipped-nothing", "warning", check, __doc__, cure="move_clipping={limit}")
