"""A mean over time takes in the padding, which is nothing of the sequence's.

## What it sees
An nn.TransformerEncoder, or a layer of one, that was given a `src_key_padding_mask` which leaves
out a tenth of all places or more, of some rows more than of others; and a mean of what it returned
over all of its places, with nothing but a norm between; in batches of two lengths or more. Or such
a mean of the words themselves, as they were embedded: their ids end in runs of one id which stands
nowhere else, of lengths that differ and a tenth of all or more, and its embedding is not zero. Or a
sum or a mean of words whose padding is that of `padding_idx`, and the row of the embedding for it
is not zero.

## Why it matters
What is said at the padding is nothing of the sequence's, and in a short row there is the more of
it. The same row means another thing beside a longer one, which decides how far it is padded. torch
makes the row of `padding_idx` zeros, and never trains it: an `nn.init` of the whole weight, or
vectors that are copied into it, fill it again, and it stays so.

## Example
    hidden = encoder(x, src_key_padding_mask=mask)  # True at the padding
    pooled = hidden.mean(dim=1)

## Instead
    hidden = encoder(x, src_key_padding_mask=mask)
    kept = (~mask).unsqueeze(-1)
    pooled = (hidden * kept).sum(dim=1) / kept.sum(dim=1)

## When it is intended
Where all rows are padded to one length, ever the same, a model can learn to live with it, and
nothing is said.

## Source
github.com/dbiir/UER-py, pull request 190; github.com/OpenNMT/OpenNMT-py, pull request 1398;
github.com/dmlc/gluon-nlp, issue 480: the mean of word embeddings includes padding tokens;
torch.nn.Embedding, PyTorch documentation: `padding_idx`.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line of a backward through such means, of sequences of more lengths than one."""
    for event in _of_two_lengths(run, "padded_means"):
        yield RULE.found(
            "a mean over time takes in the padding, which src_key_padding_mask leaves out of "
            "attention alone",
            "leave it out of the mean, too: (hidden * kept).sum(1) / kept.sum(1), with "
            "kept = (~mask).unsqueeze(-1)",
            run.update_at(event),
            line_of(run, event, "padded_means"),
        )
    for event in _of_two_lengths(run, "embedded_means"):
        yield RULE.found(
            "a mean of embedded words takes in the padding that shorter rows end in: what a row "
            "means depends on how long the longest row beside it is",
            "leave it out of the mean: (embedded * kept).sum(1) / kept.sum(1), with "
            "kept = (ids != PAD).unsqueeze(-1)",
            run.update_at(event),
            line_of(run, event, "embedded_means"),
        )
    yield from _of_filled_rows(run)


def _of_filled_rows(run: Stretch) -> Iterator[Judgement]:
    """Give each line of a backward through a sum that takes in such a row."""
    told: set[str] = set()
    for event in run.of(GraphSeen):
        if not event.filled_sums or event.where in told:
            continue
        told.add(event.where)
        yield RULE.found(
            "a sum of embedded words takes in the row of padding_idx, which is not zero: it was "
            "filled after the embedding was made, and is never trained",
            "set the row back to zeros after the weight is filled, under torch.no_grad(): "
            "embedding.weight[embedding.padding_idx] = 0",
            run.update_at(event),
            line_of(run, event, "filled_sums"),
        )


def _of_two_lengths(run: Stretch, kind: str) -> Iterator[GraphSeen]:
    """Give the first backward from each line whose means are over another number of places."""
    first: dict[str, int] = {}
    told: set[str] = set()
    for event in run.of(GraphSeen):
        places: int = getattr(event, kind)
        if places and first.setdefault(event.where, places) != places and event.where not in told:
            told.add(event.where)
            yield event


RULE = Rule("BT557", "mean-over-padding", "warning", check, __doc__, needs=(FACTS,))
