"""The best weights are kept in the loop, and the last ones are tested.

## What it sees
In the source, a loop saves or copies the model where a score is the best so far (`if val_loss <
best_loss:`); behind the loop that model is tested, on what is called the test data or by a function
of that name; and no call in the file loads weights again, nor is the copy or the file's name read.
Or a Lightning trainer is given a `ModelCheckpoint` with a `monitor`, and `trainer.test(model, ...)`
tests the model that was fitted, while nothing in the file reads the best path. Or skorch's or
Lightning's EarlyStopping ends a fit by the loss of the validation, nothing in the file loads the
best weights, what was fitted is used behind it, and the last validation's loss was a twentieth or
more above the least.

## Why it matters
With a patience of ten epochs, the last weights are those of ten epochs in which nothing got better.
The best epoch was chosen and its score told, and the number at the end is of other weights.

## Example
    for epoch in range(epochs):
        train(model, train_loader)
        loss = evaluate(model, val_loader)
        if loss < best_loss:
            best_loss = loss
            torch.save(model.state_dict(), "best.pt")
    print("test", evaluate(model, test_loader))

## Instead
    for epoch in range(epochs):
        train(model, train_loader)
        loss = evaluate(model, val_loader)
        if loss < best_loss:
            best_loss = loss
            torch.save(model.state_dict(), "best.pt")
    model.load_state_dict(torch.load("best.pt"))
    print("test", evaluate(model, test_loader))

## When it is intended
Where the last weights are to be told of and another program takes up the best ones: call what is
tested the last (`last_score`), and nothing is said.

## Source
github.com/allenai/allennlp, issue 1223: evaluate_on_test evaluates the last model;
github.com/skorch-dev/skorch, issue 808: EarlyStopping leaves the last weights;
github.com/pykeen/pykeen, pull request 419: so after early stopping; github.com/torchgeo/torchgeo,
pull request 963: Lightning's `test(model=model)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from backtrace.diagnose.needs import CENSUS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen

_FEWEST, _BEHIND = 4, 2  # validations, and those after the best
_WORSE = 1.05


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each test of the last weights where the best ones were kept, or could have been."""
    census = run.census
    for slip in census.slips if census is not None else ():
        if slip.kind == "best-left" and census is not None:
            yield from _left_after_stop(census.validations, slip)
        if slip.kind == "best-unused":
            if slip.every:  # a trainer's callback keeps it
                fix = 'leave the model out and say which weights: trainer.test(ckpt_path="best")'
            else:
                fix = f"load what line {slip.beside} keeps into {slip.name} before it is tested"
            yield RULE.found(
                f"{slip.name} is tested with the weights of the last update: the best ones, which "
                f"line {slip.beside} keeps, are loaded nowhere",
                fix,
                1,
                slip.where,
            )


def _left_after_stop(losses: Sequence[float], slip: SlipSeen) -> Iterator[Judgement]:
    """Give an early stop after which the weights that are used were worse than the best."""
    if len(losses) < _FEWEST or not min(losses) > 0 or losses[-1] < _WORSE * min(losses):
        return
    behind = len(losses) - 1 - losses.index(min(losses))
    if behind >= _BEHIND:
        yield RULE.found(
            f"the fit went on for {behind} validations after its best one, of loss "
            f"{min(losses):.4g}, to one of {losses[-1]:.4g}, and {slip.name} is used in line "
            f"{slip.beside} with these last weights: EarlyStopping stops, and loads nothing",
            "load the best weights before: load_best=True in skorch, a ModelCheckpoint and its "
            "best_model_path in Lightning",
            1,
            slip.where,
            least_loss=min(losses),
            last_loss=losses[-1],
        )


RULE = Rule("BT576", "best-unused", "warning", check, __doc__, needs=(CENSUS,))
