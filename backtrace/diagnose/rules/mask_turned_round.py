"""A mask of padding is turned round: attention sees the padding and nothing else.

## What it sees
`key_padding_mask` of nn.MultiheadAttention, or the `src_`, `tgt_` or `memory_key_padding_mask` of
torch's transformer layers, that is True exactly where the ids that were embedded before are no
padding: rows of ids that end in runs of one id, of lengths that differ.

## Why it matters
In these masks True leaves a place out. Other libraries, and torch's own
`scaled_dot_product_attention`, have True for what is looked at. Turned round, no word reaches the
output, the words' embeddings get a gradient of zero, and a row without padding becomes NaN.

## Example
    mask = ids != PAD
    attention(query, x, x, key_padding_mask=mask)

## Instead
    mask = ids == PAD
    attention(query, x, x, key_padding_mask=mask)

## When it is intended
Never, as far as is known.

## Source
torch.nn.MultiheadAttention, PyTorch documentation: `key_padding_mask`;
github.com/mlwithme/TransformerTranslation, issue 2.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import MaskTurnedRound


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that calls a layer with such a mask."""
    told: set[str] = set()
    for event in run.of(MaskTurnedRound):
        if event.where not in told:
            told.add(event.where)
            yield RULE.found(
                f"{event.mask} of nn.{event.type} is True at all that is no padding: "
                "attention leaves out every word, and sees the padding alone",
                "let it be True at the padding, as in `ids == PAD`: True leaves a place out",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT431", "mask-turned-round", "error", check, __doc__, needs=(FACTS,))
