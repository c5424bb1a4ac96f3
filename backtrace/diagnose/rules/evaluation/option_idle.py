"""A trainer is given an option that has no effect, as another line of the script sees to it.

## What it sees
In the source of a file that trains: `label_smoothing_factor` above 0 in transformers' arguments,
where every Trainer of the file takes an own `compute_loss` or `compute_loss_func`, and nothing else
in the file speaks of smoothing; or `check_val_every_n_epoch` above `max_epochs` in a Trainer of
Lightning, where a callback watches a number of the validation. Or a warm-up beside the schedule
`"constant"` of transformers; `gradient_clip_val` beside an own `configure_gradient_clipping` that
calls nothing that clips; a backbone that is to be unfrozen at an epoch, or in ignite an event that
is due at every n-th, where the last epoch comes before.

## Why it matters
The framework takes the option and says nothing. Labels are smoothed in the Trainer's own
`compute_loss`, which an own loss stands in for: the training goes on hard labels. And a validation
that is due after the last epoch never comes: nothing stops early, and no checkpoint is the best.
A constant schedule begins at the full rate: the one that warms up is `"constant_with_warmup"`.

## Example
    arguments = TrainingArguments(output, label_smoothing_factor=0.1)
    trainer = Trainer(model, arguments, compute_loss_func=weighted)

## Instead
    def weighted(outputs, labels, num_items_in_batch=None):
        return F.cross_entropy(outputs.logits, labels, weight=weights, label_smoothing=0.1)

    arguments = TrainingArguments(output)
    trainer = Trainer(model, arguments, compute_loss_func=weighted)

## When it is intended
Validation that is put off beyond the end of a short trial run.

## Source
transformers.TrainingArguments and lightning.pytorch.Trainer, their documentation;
LightningModule.configure_gradient_clipping, BackboneFinetuning and ignite.engine.Events, the same;
github.com/weecology/DeepForest, pull request 1019;
github.com/huggingface/transformers, issue 13255.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen

_WARM_UP = (
    "{0} has no effect: the schedule 'constant' begins at the full rate",
    "choose the schedule 'constant_with_warmup'",
)
_DUE = (
    "{0}={1} is more than the {2} epochs that there are: what is to come then never does",
    "let {0} be {2} or less",
)
# What is told of an option, by its name: of its slip's name, beside and every.
_OTHERS = {
    "warmup_steps": _WARM_UP,
    "warmup_ratio": _WARM_UP,
    "num_warmup_steps": _WARM_UP,
    "gradient_clip_val": (
        "{0} has no effect: Lightning leaves clipping to {1}, and nothing in it clips",
        "call self.clip_gradients(optimizer, gradient_clip_val, gradient_clip_algorithm) in {1}",
    ),
    "unfreeze_backbone_at_epoch": (
        "the backbone is to be unfrozen at epoch {1}, and the last of the {2} epochs comes before: "
        "it stays frozen",
        "let {0} be less than {2}",
    ),
    "every": _DUE,
    "once": _DUE,
}


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such option."""
    for slip in run.of(SlipSeen):
        if slip.kind != "option-idle":
            continue
        if slip.name in _OTHERS:
            message, fix = (
                each.format(slip.name, slip.beside, slip.every) for each in _OTHERS[slip.name]
            )
        elif slip.every:
            message = (
                f"{slip.name} is more than the {slip.every} epochs that there are: no validation "
                f"comes, and {slip.beside} has nothing to watch"
            )
            fix = f"let {slip.name} be {slip.every} or less"
        else:
            message = (
                f"{slip.name} has no effect: the Trainer smooths labels in its own loss, and "
                f"{slip.beside} is taken instead of it"
            )
            fix = f"smooth the labels in {slip.beside}: cross_entropy(..., label_smoothing=...)"
        yield RULE.found(message, fix, run.update_at(slip), slip.where)


RULE = Rule("BT439", "option-idle", "warning", check, __doc__, needs=(FACTS,))
