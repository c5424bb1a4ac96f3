"""The padding_idx of an embedding is the id of a word: its row stays zeros, and is never trained.

## What it sees
In an nn.Embedding of ids in rows, the id of `padding_idx` stands alone between others, in most of
the places where a batch has it: in the middle of rows, at four places or more. Padding stands in
runs at the end of rows, or at their beginning.

## Why it matters
torch makes the row of `padding_idx` zeros and gives it no gradient. A word with that id says
nothing, to whatever reads it, however long the model is trained. Most vocabularies that are counted
from 0 have a word there.

## Example
    ids = {word: at for at, word in enumerate(words)}  # the first is 0
    self.embedding = nn.Embedding(len(ids), 64, padding_idx=0)

## Instead
    ids = {word: at for at, word in enumerate(["<pad>", *words])}
    self.embedding = nn.Embedding(len(ids), 64, padding_idx=0)

## When it is intended
Where words are dropped at random to make a model robust, and what stands for them is to say
nothing: give such an id of its own.

## Source
torch.nn.Embedding, PyTorch documentation: "the entries at padding_idx do not contribute to the
gradient; therefore, the embedding vector at padding_idx is not updated during training".
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first backward from each line through an embedding whose padding is a word."""
    told: set[str] = set()
    for event in run.of(GraphSeen):
        where = line_of(run, event, "padding_words")
        if not event.padding_words or where in told:
            continue
        told.add(where)
        yield RULE.found(
            "the padding_idx of an embedding is the id of a word, which stands between others: its "
            "row is zeros, and no gradient reaches it",
            "keep that id for padding alone: count the words from the next one on, or leave "
            "padding_idx out where nothing is padded",
            run.update_at(event),
            where,
        )


RULE = Rule("BT444", "padding-word", "warning", check, __doc__, needs=(FACTS,))
