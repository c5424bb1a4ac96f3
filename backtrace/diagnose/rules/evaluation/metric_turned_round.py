"""The worst checkpoint is kept for the best: a metric is looked at the wrong way round.

## What it sees
In the source of a file that calls a model, Lightning's ModelCheckpoint or EarlyStopping, whose
`monitor` names an accuracy or the like with `mode="min"`, which is the default, or a loss or an
error with `mode="max"`; or skorch's EarlyStopping, whose `lower_is_better` is True by default, on
such a score, or whose EpochScoring of one has its `…_best` watched by a Checkpoint; or
transformers' TrainingArguments with an error as `metric_for_best_model`: there a larger value is
better, unless its name ends with "loss". Or a handler of ignite's whose score is a loss or an error
with no minus: there a higher score is better. Or a comparison, `if loss > best_loss`, under which
the loss is written down as the best, and a model is kept for it or a patience is counted anew; in a
function or a class of the file's own, what counts is the name of what it is called with.

## Why it matters
The first epochs are kept, or training ends while it gets better; and the model that is used is not
the one that was chosen.

## Example
    ModelCheckpoint(monitor="val_acc")

## Instead
    ModelCheckpoint(monitor="val_acc", mode="max")

## When it is intended
A metric that is named so and is turned round where it is logged.

## Source
ModelCheckpoint and EarlyStopping, Lightning's documentation: `mode` is "min" where it is not given;
github.com/huggingface/transformers, pull request 31142: the worst model was saved;
github.com/skorch-dev/skorch, issue 462: what its scoring callbacks take for better;
github.com/usnistgov/alignn, issue 81: a score that is the error itself;
github.com/Project-MONAI/MONAI, issue 2467: a key metric that is a loss.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import Choice, MetricTurned


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each callback that takes the worst for the best."""
    for event in run.of(MetricTurned):
        other = "max" if event.mode == "min" else "min"
        taken = "smallest" if event.mode == "min" else "largest"
        fixes: dict[Choice, str] = {
            "mode": f'give {event.call} mode="{other}"',
            "lower": f"give {event.call} lower_is_better={event.mode != 'min'}",
            "greater": f"give {event.call} greater_is_better={event.mode == 'min'}",
            "score": f"return the negative of {event.metric}: a higher score counts as better",
            "comparison": f"turn round what {event.call} compares",
        }
        yield RULE.found(
            f"{event.call} takes the {taken} {event.metric} for the best",
            fixes[event.by],
            run.update_at(event),
            event.where,
        )


RULE = Rule("BT451", "metric-turned-round", "warning", check, __doc__, needs=(FACTS,))
