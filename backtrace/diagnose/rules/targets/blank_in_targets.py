"""A class that is to be transcribed has the number of CTC's blank.

## What it sees
`ctc_loss` is called on targets that hold its `blank`, within their lengths.

## Why it matters
The blank stands for "nothing here", and is taken out of every transcript. A character with its
number can never be transcribed, and the model learns to be silent where it stands.

## Example
    characters = "0123456789"
    targets = torch.tensor([characters.index(c) for c in text])  # "0" has number 0
    loss = nn.CTCLoss()(log_probs, targets, lengths, target_lengths)  # blank=0

## Instead
    head = nn.Linear(hidden, len(characters) + 1)
    loss = nn.CTCLoss(blank=len(characters))(log_probs, targets, lengths, target_lengths)

## When it is intended
Never. Padding behind a row's length may have any number, and is not looked at.

## Source
torch.nn.CTCLoss: "target index cannot be blank".
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loss_facts import LossCalled


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line whose targets hold the blank, once."""
    seen: set[str] = set()
    for call in run.of(LossCalled):
        if call.blanks and call.where not in seen:
            seen.add(call.where)
            yield RULE.found(
                f"{call.blanks} of the targets that ctc_loss was given are its blank: what they "
                "stand for can never be transcribed",
                "give the blank a number of its own, such as CTCLoss(blank=number_of_classes) with "
                "one more output",
                run.update_at(call),
                call.where,
                targets_that_are_blank=call.blanks,
            )


RULE = Rule("BT419", "blank-in-targets", "error", check, __doc__, needs=(FACTS,), told=("labels",))
