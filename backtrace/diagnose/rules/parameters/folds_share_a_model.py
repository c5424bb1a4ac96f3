"""All folds of a cross-validation train one model: each is scored on rows that it learned before.

## What it sees
In the source of a file that trains, a loop over the folds of a splitter (`KFold(...).split(x)`), or
over folds by name with rows of their own held out, that trains a model which was made before the
loop. Nothing in the loop, or in the functions of the file that are called there, makes it anew,
loads a state or resets its parameters. Or a loop over such folds that fits a net of skorch's that
was given a module, and not its class: skorch makes the module anew of a class alone.

## Why it matters
From the second fold on, the model has trained on the rows that it is scored on. The mean of the
folds says how well it remembers, and is higher than what it reaches on new rows.

## Example
    model = Net()
    optimizer = torch.optim.Adam(model.parameters())
    for train_rows, val_rows in KFold(5).split(x):
        fit(model, optimizer, x[train_rows], y[train_rows])
        scores.append(score(model, x[val_rows], y[val_rows]))

## Instead
    for train_rows, val_rows in KFold(5).split(x):
        model = Net()
        optimizer = torch.optim.Adam(model.parameters())
        fit(model, optimizer, x[train_rows], y[train_rows])
        scores.append(score(model, x[val_rows], y[val_rows]))

## When it is intended
Where a model goes on from fold to fold, as when each brings later rows and none is scored on rows
of an earlier one.

## Source
github.com/McSpooder/camull-net, issue 6; github.com/BMEII-AI/RadImageNet, issue 5;
github.com/skorch-dev/skorch, issue 574.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import finished
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such model, of a run that takes steps."""
    for event in run.of(SlipSeen):
        if event.kind not in ("folds", "refitted"):
            continue
        firsts = [
            window.number
            for windows in run.windows_by_optimizer.values()
            for window, _ in islice(finished(windows), 1)
        ]
        if firsts:
            yield _tell(event, min(firsts))


def _tell(slip: SlipSeen, first: int) -> Judgement:
    if slip.kind == "refitted":
        return RULE.found(
            f"{slip.name} is given a module, and each fit in the loop of line {slip.beside} goes "
            "on from its weights: from the second fold on, it has learned what it is scored on",
            "give it the module's class, and what the class takes as module__…: fit makes the "
            "module anew then",
            first,
            slip.where,
        )
    return RULE.found(
        f"all folds train the one {slip.name} that is made before the loop of line "
        f"{slip.beside}: from the second on, it has learned what it is scored on",
        f"make {slip.name} and its optimizer anew in each fold",
        first,
        slip.where,
    )


RULE = Rule("BT491", "folds-share-a-model", "warning", check, __doc__)
