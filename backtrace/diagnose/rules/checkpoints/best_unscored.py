"""What is taken for the best checkpoint was chosen by no score: it is the last one.

## What it sees
In the source of a file that calls a model: `best_model_path`, `best_model_score` or
`ckpt_path="best"` of a Lightning trainer whose first ModelCheckpoint has no `monitor`, while a
later one has; or of the only ModelCheckpoint, where it has none and the path is loaded in a file
that validates. Or skorch's Checkpoint whose `monitor` is a metric itself, such as `"valid_loss"`,
and which is loaded again.

## Why it matters
Lightning's `trainer.checkpoint_callback` is the first of its list, and without a monitor the last
file written is the best. skorch writes whenever `monitor` is true of an epoch, as any number but 0
is. Either way it is the last epoch that is loaded, overfitted or not.

## Example
    every, best = ModelCheckpoint(save_top_k=-1), ModelCheckpoint(monitor="val_loss")
    trainer = Trainer(callbacks=[every, best])
    trainer.fit(model, train_loader, val_loader)
    model = Model.load_from_checkpoint(trainer.checkpoint_callback.best_model_path)

## Instead
    every, best = ModelCheckpoint(save_top_k=-1), ModelCheckpoint(monitor="val_loss")
    trainer = Trainer(callbacks=[every, best])
    trainer.fit(model, train_loader, val_loader)
    model = Model.load_from_checkpoint(best.best_model_path)

## When it is intended
Where the last checkpoint is wanted: `last_model_path` of Lightning, `monitor=None` of skorch.

## Source
github.com/Lightning-AI/pytorch-lightning, issue 12485: best_model_path of the first callback;
github.com/skorch-dev/skorch, issue 399: a monitor that does not end in `_best`.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each best checkpoint that is none."""
    for slip in run.of(SlipSeen):
        if slip.kind == "unscored-best":
            what, fix = _tell(slip)
            yield RULE.found(what, fix, run.update_at(slip), slip.where)


def _tell(slip: SlipSeen) -> tuple[str, str]:
    if slip.beside == "skorch":
        return (
            f'Checkpoint writes in every epoch in which "{slip.name}" is not 0: what is loaded is '
            "the last epoch, not the best",
            f'monitor="{slip.name}_best", which is true of the epochs that are the best so far',
        )
    if slip.beside:
        return (
            f"{slip.name} is of the ModelCheckpoint in line {slip.beside}, the first of the "
            "trainer, which has no monitor: it is the last checkpoint, not the best",
            "take it of the ModelCheckpoint that has the monitor, by its own name",
        )
    return (
        f"{slip.name} is taken for the best of a ModelCheckpoint that has no monitor: it is the "
        "last checkpoint, whatever its score",
        'give it the metric that is logged in validation: monitor="val_loss", with mode="max" '
        "where more is better",
    )


RULE = Rule("BT535", "best-unscored", "warning", check, __doc__, needs=(FACTS,))
