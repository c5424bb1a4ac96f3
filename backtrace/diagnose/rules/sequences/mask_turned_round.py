"""A mask of padding is turned round: attention sees the padding and nothing else.

## What it sees
`key_padding_mask` of nn.MultiheadAttention, or the `src_`, `tgt_` or `memory_key_padding_mask` of
torch's transformer layers, that is True exactly where the ids that were embedded before are no
padding: rows of ids that end in runs of one id, of lengths that differ. Or, in an attention of your
own, `masked_fill` or `where` that fills the scores of a softmax at just these places. Or any mask,
given to `scaled_dot_product_attention` or added to the scores, behind which the padding of each row
has all the weight, and its words have none.

## Why it matters
In these masks, and in `masked_fill`, True leaves a place out. Other libraries, and torch's own
`scaled_dot_product_attention`, have True for what is looked at. Turned round, no word reaches the
output, the words' embeddings get a gradient of zero, and a row without padding becomes NaN. Where
attention is pooled by a query of its own, the loss stays at that of a guess.

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
github.com/mlwithme/TransformerTranslation, issue 2; github.com/lucidrains/halonet-pytorch, issue 4;
github.com/InseeFrLab/torchTextClassifiers, pull request 92.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.mask_facts import MaskTurnedRound


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that calls a layer with such a mask, and the first that masks scores so."""
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
    graph = next((each for each in run.of(GraphSeen) if each.turned_masks), None)
    if graph is not None:
        yield RULE.found(
            "the scores of a softmax are filled at all that is no padding: "
            "attention leaves out every word, and sees the padding alone",
            "fill them at the padding, as in scores.masked_fill(ids == PAD, -inf)",
            run.update_at(graph),
            line_of(run, graph, "turned_masks"),
        )
    alone = next((each for each in run.of(GraphSeen) if each.padding_alone), None)
    if alone is not None and graph is None and not told:
        yield RULE.found(
            "attention gives the padding of each row all its weight, and no word any: "
            "its mask is turned round",
            "turn the mask round: True is what takes part, where scaled_dot_product_attention "
            "takes it, as in `ids != PAD`; what is added to scores is -inf at the padding",
            run.update_at(alone),
            line_of(run, alone, "padding_alone"),
        )


RULE = Rule("BT431", "mask-turned-round", "error", check, __doc__, needs=(FACTS,))
