"""The last place of an output that was padded again is taken for each row's last state.

## What it sees
In the source, `output[:, -1]`, or `output[-1]` where time comes first, of an output that
`pad_packed_sequence` gave in the same function and that has no new value in between.

## Why it matters
A packed sequence ends where each row ends, and `pad_packed_sequence` fills the rest with zeros. Of
all rows but the longest the last place is such a zero: the model is told nothing of them, and
gives them all the same answer.

## Example
    output, lengths = pad_packed_sequence(packed, batch_first=True)
    logits = head(output[:, -1])

## Instead
    packed, (state, _) = lstm(packed)
    logits = head(state[-1])

## When it is intended
Where all rows are of the same length; then nothing need be packed.

## Source
torch.nn.utils.rnn.pad_packed_sequence, PyTorch documentation; github.com/allenai/allennlp, issue
1713.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each of them."""
    for slip in run.of(SlipSeen):
        if slip.kind == "packed-end":
            yield RULE.found(
                f"{slip.name} is padding in each row but the longest: {slip.beside} was filled up "
                "with zeros",
                "take the layer's last state, or the place at each row's length less 1",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT440", "end-of-padded-output", "warning", check, __doc__, needs=(FACTS,))
