"""Padding is scored in the loss like any other token.

## What it sees
An embedding is given rows of ids that end in runs of one id, of lengths that differ from row to
row, and the target of the cross-entropy has one and the same class at all of these places, which
`ignore_index` does not name: for a tenth of its elements or more, in every call looked at. The
target may be shifted by the model's own loss, as that of Transformers is, or joined of the ids and
of others, as of a text and the codes of a picture. Or a loss that is made by hand is a sum or a
mean, of which nothing is left out, of the log-probabilities of such targets: picked by `gather`,
multiplied with smoothed labels, or from a function with `reduction="none"`.

## Why it matters
The loss is a mean over all tokens. It falls quickly, for padding is easily foretold, and what is
left of the gradient for the real tokens is their share.

## Example
    loss = F.cross_entropy(logits.transpose(1, 2), target)  # padded with 0

## Instead
    loss = F.cross_entropy(logits.transpose(1, 2), target, ignore_index=0)

## When it is intended
Where the end of a text is to be learned from the padding; one end token, scored once, does that as
well. Nothing is said of a loss that is masked afterwards or weighted.

## Source
"Calculating cross_entropy loss does not change ignore_index", github.com/lukas-blecher/LaTeX-OCR,
issue 305; github.com/k-tahiro/bert-summarizer, pull request 41; torch.nn.CrossEntropyLoss, PyTorch
documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen

_SHARE = 0.1


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that takes a loss of padding."""
    for (where, function), calls in trained_losses(run).items():
        padded = [call for call in calls if call.padding >= _SHARE]
        if not padded:
            continue
        share = sum(call.padding for call in padded) / len(padded)
        yield RULE.found(
            f"{function} scores padding: {share:.0%} of its targets are {padded[0].pad}, where the "
            "input is padded",
            f"leave padding out: ignore_index={padded[0].pad}, or -100 in the labels there, where "
            "the model takes the loss itself",
            run.update_at(padded[0]),
            where,
            share_of_padding=share,
            calls=len(padded),
        )
    yield from _made_by_hand(run)


def _made_by_hand(run: Stretch) -> Iterator[Judgement]:
    """Give the first backward of each line from a loss of padding that was made by hand."""
    told: set[str] = set()
    for graph in run.of(GraphSeen):
        if len(graph.padded_scores) == 2 and graph.where not in told:
            share, pad = graph.padded_scores
            if share >= _SHARE:
                told.add(graph.where)
                yield RULE.found(
                    f"the loss scores padding: {share:.0%} of the targets that it is a mean or sum "
                    f"of are {pad:.0f}, where the input is padded",
                    f"leave padding out before the mean: take the places where target != {pad:.0f}",
                    run.update_at(graph),
                    line_of(run, graph, "padded_scores"),
                    share_of_padding=share,
                )


RULE = Rule(
    "BT415", "padding-in-the-loss", "warning", check, __doc__, needs=(FACTS,), told=("labels",)
)
