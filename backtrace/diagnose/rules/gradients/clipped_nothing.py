"""Gradients are clipped, but not those that were just computed.

## What it sees
A clipping call that stands between backward and step, and in at least two updates finds not one
gradient among the tensors it was given, though others have some; or none but those of an earlier
step, which are not what the next one reads.

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
        served = [each.served for each in found if each.served and _is_of_others(each)]
        is_always = all(_is_of_others(each) for each in found if each.served or each.found == "new")
        is_first = any(each.found == "nothing" and each.served for each in found)
        if not (is_always and is_first) or len(served) < 2:
            continue
        number, step = served[1]
        has_read = any(each.found == "read" for each in found)
        yield RULE.found(
            f"{found[0].event.call} found gradients that another step had read, and none of those "
            f"that {step.optimizer}.step reads"
            if has_read
            else f"{found[0].event.call} found no gradient to clip, though {step.optimizer}.step "
            "read some",
            f"give it the parameters that {step.optimizer} steps, as a list",
            number,
            where,
            (),
            step.optimizer,
            calls=len(found),
            limit="unknown" if found[0].event.limit is None else found[0].event.limit,
        )


def _is_of_others(call: ClipCall) -> bool:
    """Whether a call clips nothing of what the next step reads: none, or what one has read."""
    if call.found == "read" and call.served is not None:
        return not call.event.grads.keys() & call.served[1].values.keys()
    return call.found == "nothing"


RULE = Rule("BT112", "clipped-nothing", "warning", check, __doc__, cure="move_clipping={limit}")
