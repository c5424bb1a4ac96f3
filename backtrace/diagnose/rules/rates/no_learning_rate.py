"""The learning rate is zero, negative, or so small that half precision rounds its steps away.

## What it sees
Two steps or more of an optimizer with gradients, and a rate of zero in all groups that nothing has
ever moved; a rate that a scheduler cut from its full value to zero, for most of the steps; a rate
that was zero or more and is negative now; one that a scheduler multiplied by a `gamma` or `factor`
of zero, for ten steps or more; or parameters in half precision of which 70 % with a gradient did
not change, in 9 steps of 10.

## Why it matters
A rate of zero trains nothing, a negative one climbs. In bfloat16 a change of less than 1/512 of a
value is rounded away, in float16 one of less than 1/4096: with Adam, a rate of 1e-5 is lost on
weights of 0.1 in either.

## Example
    model = model.to(torch.bfloat16)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5)

## Instead
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5)  # parameters in float32
    with torch.autocast("cuda", dtype=torch.bfloat16):
        loss = loss_fn(model(x), y)

## When it is intended
A warm-up begins at zero, a schedule may end there, and a group at zero is frozen: the first is
silent for 40 steps where a scheduler is there that can move the rate, the others are notes. So is a
rate that is negative from the beginning, by which some climb on purpose. Lost steps are a warning:
some values still move.

## Source
"Revisiting BFloat16 Training", P. Zamirai and others, 2020; torch.optim, PyTorch documentation;
github.com/LINCellularNeuroscience/VAME, issue 26.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from backtrace.diagnose.gradients import read_by
from backtrace.diagnose.holdings import outer_steps
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.zero_gammas import FACTORS, find_zero_gamma
from backtrace.ledger.events import StepTaken
from backtrace.ledger.facts import SchedulerStepped
from backtrace.ledger.loader_facts import LoaderEnded

_HALF = ("float16", "bfloat16")
_SAME = 0.7
_OFTEN = 0.9  # of the steps
_AT_THE_TOP = 3  # steps at its highest rate after which a warm-up is over
_ENDED = 3  # steps at zero after which a schedule is over
_LONG = 40  # steps at zero that no warm-up needs, whatever moves its rate later


def check(run: Stretch) -> Iterator[Judgement]:
    """Give what is wrong with each optimizer's rates, the worst alone."""
    outer = [step for _, step in outer_steps(run)]
    for optimizer in dict.fromkeys(step.optimizer for step in outer):
        steps = [step for step in outer if step.optimizer == optimizer and step.lr]
        due = [step for step in steps if read_by(step)]
        found = due and (
            _negative(run, due) or _zero(run, steps, due) or _rounded(run, due) or _frozen(run, due)
        )
        if found:
            yield found


def _negative(run: Stretch, due: list[StepTaken]) -> Finding | None:
    below = next((step for step in due if min(step.lr) < 0), None)
    if below is None:
        return None
    found = _describe(
        run, below, f"{below.optimizer} steps at a learning rate of {min(below.lr):g}",
        "keep the rate above zero: end the schedule where it reaches zero, as with max(0.0, rate); "
        "to climb on purpose, pass maximize=True",
    )  # fmt: skip
    is_meant = below is due[0] and all(min(step.lr) == min(below.lr) for step in due)
    return replace(found, severity="note") if is_meant else found


def _zero(run: Stretch, steps: list[StepTaken], due: list[StepTaken]) -> Finding | None:
    optimizer = due[0].optimizer
    if any(any(step.lr) for step in due):
        return _multiplied(run, steps) or _ended(run, steps) if any(steps[0].lr) else None
    may_rise = len(due) < _LONG and _may_rise(run, optimizer)
    if len(due) < 2 or not run.begins or may_rise:
        return None
    what = f"{optimizer} stepped {len(due)} times at a learning rate of zero"
    fix = f"give {optimizer} a learning rate, such as lr=1e-3"
    if any(event.optimizer == optimizer for event in run.of(SchedulerStepped)):
        fix += ": a scheduler multiplies it, and zero stays zero"
        if any(_scheduled(run, optimizer)):
            fix = "let the warm-up of its scheduler begin above zero, and count the steps it takes"
    elif _scheduled(run, optimizer):
        fix = "call step() of its scheduler after each step of the optimizer"
    return _describe(run, due[1], what, fix)


def _ended(run: Stretch, steps: list[StepTaken]) -> Finding | None:
    """Find a schedule that is over, or one that cut a full rate to zero for most of the steps."""
    lit = [step for step in steps if any(step.lr)]
    dark = steps[steps.index(lit[-1]) + 1 :]
    if len(dark) < _ENDED:
        return None
    optimizer = dark[0].optimizer
    since = run.update_at(dark[0], optimizer)
    what = f"the learning rate of {optimizer} is zero since update {since}"
    moved = any(event.optimizer == optimizer for event in run.of(SchedulerStepped))
    if moved and run.begins and len(dark) > len(lit) and len({step.lr for step in lit}) == 1:
        what += ": its schedule went there in one go"
        fix = "let the schedule fall by degrees (dividing whole numbers with // gives zero)"
        return replace(_describe(run, dark[0], what, fix), severity="warning")
    ended = _describe(run, dark[0], what, "train no longer than the schedule, or lengthen it")
    return replace(ended, severity="note")


def _multiplied(run: Stretch, steps: list[StepTaken]) -> Finding | None:
    """Find a scheduler whose factor is zero."""
    by = find_zero_gamma(run, steps[0].optimizer)
    first = next((step for step in steps if by is not None and step.index > by.index), None)
    if by is None or first is None:
        return None
    factor = FACTORS[by.type]
    what = f"{by.type} multiplied the learning rate of {by.optimizer} by a {factor} of 0, which it "
    what += f"stays at from update {run.update_at(first, by.optimizer)} on"
    fix = f"give {by.type} a {factor} above 0"
    fix += ": 1 leaves the rate as it is" if factor == "gamma" else ""
    found = _describe(run, first, what, fix)
    return replace(found, severity="warning", where=by.made or by.where)


def _scheduled(run: Stretch, optimizer: str) -> list[float]:
    """Return the rates that a scheduler took over."""
    seen = run.optimizers.get(optimizer)
    found = [group.options.get("initial_lr") for group in seen.groups] if seen else []
    return [float(rate) for rate in found if isinstance(rate, int | float)]


def _may_rise(run: Stretch, optimizer: str) -> bool:
    """Whether a scheduler is there that will raise the rate when its time has come."""
    if not any(_scheduled(run, optimizer)):
        return False
    moved = any(event.optimizer == optimizer for event in run.of(SchedulerStepped))
    return moved or not any(run.of(LoaderEnded))


def _rounded(run: Stretch, due: list[StepTaken]) -> Finding | None:
    """Find steps that are lost in half precision, most of them, though the rate is at its top."""
    if due[-1].lr > due[0].lr:  # a warm-up
        top = max(step.lr for step in due)
        due = [step for step in due if step.lr == top]
        due = due if len(due) >= _AT_THE_TOP else []
    lost = sum(map(_is_rounded, due))
    if len(due) < 2 or lost < _OFTEN * len(due):
        return None
    what = f"{lost} steps of {due[0].optimizer} were rounded away: {_SAME:.0%} or more of the "
    what += "values that have a gradient did not change"
    names = tuple(name for name, entry in due[1].values.items() if entry.delta)
    found = _describe(
        run, due[1], what,
        "keep the parameters in float32 and compute in half precision under torch.autocast",
    )  # fmt: skip
    return replace(found, parameters=names, severity="warning")  # the rest does move


def _is_rounded(step: StepTaken) -> bool:
    total = same = 0
    for name, grad in step.grads.items():
        entry = step.values.get(name)
        if grad is None or entry is None or entry.delta is None or entry.before is None:
            continue
        if entry.before.dtype not in _HALF:
            return False
        total += grad.numel - grad.zeros
        same += max(0, entry.delta.zeros - grad.zeros)
    return total > 0 and max(step.lr) > 0 and same >= _SAME * total


def _frozen(run: Stretch, due: list[StepTaken]) -> Finding | None:
    """Find single groups at zero, which may be meant, but not where another's rate rose from it."""
    if len(due) < 2 or len(due[1].lr) < 2:
        return None
    rates = list(zip(*(step.lr for step in due if len(step.lr) == len(due[1].lr)), strict=True))
    dark = [group for group, own in enumerate(rates) if not any(own)]
    base = _scheduled(run, due[0].optimizer)
    if base:  # a schedule multiplies what a group was given: what began at zero stays there
        dark = [group for group in dark if group < len(base) and base[group] == 0]
    warms_up = not base and (_warms_up(rates) or _peaks(rates))
    if not dark:
        return None
    what = f"group {dark[0]} of {due[0].optimizer} has a learning rate of zero"
    seen = run.optimizers.get(due[0].optimizer)
    groups = seen.groups if seen else ()  # as many as there were when it was seen
    held = [group.parameters for at, group in enumerate(groups) if at in dark]
    names = tuple(name for group in held for name in group)
    if len(due) > _ENDED and warms_up:
        what += f" in all {len(due)} steps, while another's rises from zero"
        fix = "set the rate of every group: for group in optimizer.param_groups"
        return replace(_describe(run, due[_ENDED], what, fix), parameters=names, severity="warning")
    fix = "set requires_grad=False on what is to be frozen: that saves its gradients as well"
    return replace(_describe(run, due[1], what, fix), parameters=names, severity="note")


def _warms_up(rates: list[tuple[float, ...]]) -> bool:
    """Whether a group's rate began at zero, or near it, and rose."""
    return any(0 <= own[0] < own[-1] or (own[0] == 0 and any(own)) for own in rates)


def _peaks(rates: list[tuple[float, ...]]) -> bool:
    """Whether a group's rate rose to twice what it began with or more, and perhaps fell again."""
    return any(0 < 2 * own[0] <= max(own) for own in rates)


def _describe(run: Stretch, step: StepTaken, what: str, fix: str) -> Finding:
    return RULE.found(
        what, fix, run.update_at(step, step.optimizer), step.where, (), step.optimizer,
        lr=min(step.lr), gradient_norm=max(g.norm for g in step.grads.values() if g),
    )  # fmt: skip


RULE = Rule(
    "BT508", "no-learning-rate", "error", check, __doc__, cure="lr=0.01", told=("step-size",)
)
