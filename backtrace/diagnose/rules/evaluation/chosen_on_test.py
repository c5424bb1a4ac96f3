"""The best epoch is chosen on the test data, and the validation data are never read.

## What it sees
In the source, in the loop over epochs, the model is kept where a score that was found on what is
called the test data (`test_loader`) is the best so far; while validation data (`val_loader`,
`val_set`) are split off or loaded, and nothing goes through them or is given them.

## Why it matters
The best of many scores on the test data is too good: it was chosen by luck as well, and no data is
left that would tell how good the chosen model is on new rows. Those meant for the choice lie idle.

## Example
    train_loader, val_loader, test_loader = make_loaders()
    for epoch in range(epochs):
        train(model, train_loader)
        accuracy = evaluate(model, test_loader)
        if accuracy > best_accuracy:
            torch.save(model.state_dict(), "best.pt")

## Instead
    train_loader, val_loader, test_loader = make_loaders()
    for epoch in range(epochs):
        train(model, train_loader)
        accuracy = evaluate(model, val_loader)
        if accuracy > best_accuracy:
            torch.save(model.state_dict(), "best.pt")
    model.load_state_dict(torch.load("best.pt"))
    print(evaluate(model, test_loader))

## When it is intended
Where what is called the test data serves for the choice, and the score is told of other data: then
make no validation data here, or call them so.

## Source
github.com/jsboige/CoursIA, issue 722.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such choice."""
    for slip in run.of(SlipSeen):
        if slip.kind == "chosen-on-test":
            yield RULE.found(
                f"the best epoch is chosen on {slip.name}, and {slip.beside} is never read: no "
                "data is left to tell how good the chosen model is",
                f"choose on {slip.beside}, and go through {slip.name} once, with the best model",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT572", "chosen-on-test", "warning", check, __doc__, needs=(FACTS,))
