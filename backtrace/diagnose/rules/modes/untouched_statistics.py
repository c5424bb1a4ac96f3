"""A batch norm is evaluated with the statistics that it was made with.

## What it sees
After a step was taken, a batch norm is called in evaluation mode whose running mean is 0 and whose
variance is 1 in every channel, while its weight or bias has learned.

## Why it matters
In evaluation mode a batch norm divides by its running statistics. Where these never followed a
batch, its output is off by the whole scale of the data: the model is good in training mode and
useless in evaluation. A copy whose parameters alone are averaged (EMA) has this, for buffers are
not among `parameters()`.

## Example
    for e, p in zip(ema.parameters(), model.parameters()):
        e.lerp_(p, 0.01)
    ema.eval()(x)

## Instead
    for e, b in zip(ema.buffers(), model.buffers()):
        e.copy_(b)

## When it is intended
Never, where the norm's input is not of mean 0 and variance 1 by itself.

## Source
"EMA model has wrong BatchNorm statistics", github.com/CuriousAI/mean-teacher, issue 9;
torch.optim.swa_utils.update_bn.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import lone_line
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepTaken
from backtrace.ledger.layer_facts import StatisticsUntouched
from backtrace.ledger.state_facts import StateLoaded


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first call, after a step, of such a norm in each line."""
    seen: set[str] = set()
    has_stepped = not run.is_start
    loaded: dict[str, str] = {}  # after a step, a state without buffers: by the model's name
    for event in run.events:
        has_stepped = has_stepped or isinstance(event, StepTaken)
        if isinstance(event, StateLoaded) and event.kind == "model" and has_stepped:
            loaded[event.target] = event.where if event.given <= event.holds else ""
        is_new = isinstance(event, StatisticsUntouched) and event.where not in seen
        if is_new and has_stepped and isinstance(event, StatisticsUntouched):
            seen.add(event.where)
            whose = f" of {event.model}" if event.model else ""
            yield RULE.found(
                f"{event.type}({event.features}){whose} was called in evaluation mode with a "
                "running mean of 0 and a variance of 1, as it was made, though its parameters have "
                "learned",
                "copy the buffers along with the parameters, or have the statistics computed: "
                "torch.optim.swa_utils.update_bn",
                run.update_at(event),
                loaded.get(event.model) or lone_line(run, "average", event.mode_set or event.where),
                channels=event.features,
            )


RULE = Rule("BT310", "untouched-statistics", "warning", check, __doc__, needs=(FACTS,))
