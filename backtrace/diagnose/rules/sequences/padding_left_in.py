"""A mask of padding leaves out none of it: attention reads the padding as it reads words.

## What it sees
Rows of embedded ids that end in runs of one id which stands nowhere else, of lengths that differ
and a tenth of all or more; and attention over them that gives those places weight, in the graph of
a backward. Beside it, either a mask, a parameter with `mask` in its name, that is one number
throughout; or scores that are filled before their softmax in the whole rows of the words that are
padding, and in no column of one.

## Why it matters
What a word is told depends on how far its row is padded: by the longest row that happens to stand
beside it. The same sentence is read otherwise alone than in a batch. Scores are `(query, key)`:
filled over queries, the padding itself sees all alike, and every word still sees the padding.

## Example
    masks = [[1] * longest for _ in rows]
    mask = (ids != PAD).unsqueeze(1).unsqueeze(3)

## Instead
    masks = [[1] * len(row) + [0] * (longest - len(row)) for row in rows]
    mask = (ids != PAD).unsqueeze(1).unsqueeze(2)

## When it is intended
Where a model was trained before with padding that it reads, as text encoders of picture models
were. Attention that is causal sees no padding behind a word, and nothing is said.

## Source
github.com/yg211/bert_nli, pull request 3; github.com/janhq/WhisperSpeech, pull request 19;
github.com/hyunwoongko/transformer, pull request 40: the mask is over queries.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.mask_facts import MaskOpen

_TIMES = 2  # so many batches: one may be made to try the model


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the call that hands on a mask of one number, or the line that fills over queries."""
    graphs = [each for each in run.of(GraphSeen) if each.masked_queries]
    if graphs:
        yield RULE.found(
            "scores are filled in the whole rows of the words that are padding, the queries, and "
            "every other word still gives weight to the padding",
            "mask the keys, the last axis of the scores: "
            "(ids != PAD).unsqueeze(1).unsqueeze(2), which is the same for each query",
            run.update_at(graphs[0]),
            line_of(run, graphs[0], "masked_queries"),
        )
        return
    masks = [*run.of(MaskOpen)]
    opened = [each for each in run.of(GraphSeen) if each.open_masks]
    for at, graph in enumerate(opened, start=1):
        given = [each for each in masks if each.index < graph.index]
        if given and at >= _TIMES:
            yield _describe(run, given[-1], graph)
            return


def _describe(run: Stretch, mask: MaskOpen, graph: GraphSeen) -> Judgement:
    return RULE.found(
        f"{mask.mask} of {mask.type} is one number throughout, though rows of ids end in padding: "
        "attention gives weight to the padding, and what a word is told depends on how far its "
        "row is padded",
        f"let {mask.mask} leave out the padding, as `ids != PAD` does (of torch's own layers "
        "`ids == PAD`)",
        run.update_at(graph),
        mask.where,
    )


RULE = Rule("BT573", "padding-left-in", "warning", check, __doc__, needs=(FACTS,), told=("mask",))
