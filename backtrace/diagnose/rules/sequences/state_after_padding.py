"""A recurrent layer's last state is used where rows are padded: it has seen the padding.

## What it sees
The ids that were embedded end in padding of different lengths, a tenth of them or more, or most
rows of other numbers end in steps of zeros, of which they have none before; a recurrent layer goes
over all of them, and a loss with one target a row is made of its last output or its last state.

## Why it matters
In a short row the layer goes on over the padding after the last word, and what it knew is washed
out. How much of it depends on how long the longest row of the batch is.

## Example
    output, _ = lstm(embedding(ids))
    logits = head(output[:, -1])

## Instead
    packed = pack_padded_sequence(embedding(ids), lengths, batch_first=True, enforce_sorted=False)
    _, (state, _) = lstm(packed)
    logits = head(state[-1])

## When it is intended
Hardly ever; a layer can learn to keep its state over padding, if there is always some.

## Source
torch.nn.utils.rnn.pack_padded_sequence, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.layer_facts import SequenceTaken
from backtrace.ledger.loss_facts import LossCalled


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first backward of each line through such a state."""
    padded: SequenceTaken | None = None
    loss: LossCalled | None = None
    told: set[str] = set()
    for event in run.events:
        if isinstance(event, SequenceTaken) and event.is_padded:
            padded, loss = event, None
        elif isinstance(event, LossCalled):
            loss = event
        elif isinstance(event, GraphSeen):
            is_new = event.padded_ends > 0 and event.where not in told
            if is_new and padded and loss and _has_one_target_a_row(loss, padded):
                told.add(event.where)
                yield _describe(run, event, padded)
            padded = loss = None


def _has_one_target_a_row(loss: LossCalled, taken: SequenceTaken) -> bool:
    """Whether a loss has a target for each row of a batch, and not for each of its places."""
    rows = taken.shape[0 if taken.batch_first else 1] if len(taken.shape) == 3 else 0
    return bool(loss.target_shape) and loss.target_shape[0] == rows and len(loss.target_shape) < 3


def _describe(run: Stretch, graph: GraphSeen, taken: SequenceTaken) -> Judgement:
    line = line_of(run, graph, "padded_ends")
    return RULE.found(
        f"the loss is made of what nn.{taken.type} says at the end of each row, and most rows end "
        "in padding: it goes over the padding too, and loses what it knew",
        "give it packed rows (torch.nn.utils.rnn.pack_padded_sequence with their lengths) and take "
        "its last state, or take each row's output at its own last step",
        run.update_at(graph),
        line if line != graph.where else taken.where,
        shape=str(taken.shape),
    )


RULE = Rule("BT426", "state-after-padding", "warning", check, __doc__, needs=(FACTS,))
