"""A batch norm is evaluated with the statistics that it was made with, or with another's.

## What it sees
After a step was taken, a batch norm is called in evaluation mode whose running mean is 0 and whose
variance is 1 in every channel, while its weight or bias has learned. Or an AveragedModel of
torch's, the mean of two models or more, is evaluated with the statistics of the model that it took
in last, which moved in training: nothing computed its own, and no file that is running calls
`update_bn`.

## Why it matters
In evaluation mode a batch norm divides by its running statistics. Where these never followed a
batch, its output is off by the whole scale of the data: the model is good in training mode and
useless in evaluation. A copy whose parameters alone are averaged (EMA) has this, for buffers are
not among `parameters()`. A mean of weights as in stochastic weight averaging gives its layers other
numbers than any of the models did, and needs a pass over the training data for its own.

## Example
    for e, p in zip(ema.parameters(), model.parameters()):
        e.lerp_(p, 0.01)
    ema.eval()(x)

## Instead
    for e, b in zip(ema.buffers(), model.buffers()):
        e.copy_(b)

## When it is intended
Never, where the norm's input is not of mean 0 and variance 1 by itself. An average with
`use_buffers=True`, or one that forgets (EMA), is near the last model, and is not looked at.

## Source
"EMA model has wrong BatchNorm statistics", github.com/CuriousAI/mean-teacher, issue 9;
torch.optim.swa_utils.update_bn; P. Izmailov et al., "Averaging Weights Leads to Wider Optima and
Better Generalization", 2018, section 3.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import lone_line
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepTaken
from backtrace.ledger.layer_facts import StatisticsUntouched
from backtrace.ledger.state_facts import AverageEvaluated, StateLoaded


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first call, after a step, of such a norm in each line, and means of models."""
    yield from _find_means(run)
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


def _find_means(run: Stretch) -> Iterator[Judgement]:
    """Give each mean of models that is evaluated with statistics which are not its own."""
    seen = list(run.of(AverageEvaluated))
    computed = {event.made for event in seen if not event.is_stale}
    for event in seen:
        if event.is_stale and event.made not in computed:
            yield RULE.found(
                f"a mean of {event.averaged} models is evaluated with the batch norm statistics of "
                "the last of them: nothing has computed those of the mean",
                "call torch.optim.swa_utils.update_bn(loader, averaged_model) before the "
                "evaluation, after the last update_parameters",
                run.update_at(event),
                event.where,
                averaged=event.averaged,
            )


RULE = Rule("BT310", "untouched-statistics", "warning", check, __doc__, needs=(FACTS,))
