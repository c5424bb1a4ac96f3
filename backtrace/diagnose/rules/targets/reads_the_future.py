"""A model that is to tell what comes next is shown it.

## What it sees
The target of a cross entropy is the input of an embedding one place on, and every attention over
the sequence in the graph of that loss lets positions look at later ones. Or the target, of numbers
or ids, is what a recurrent layer of both directions was given, one place on, and the loss is taken
of all that the layer says.

## Why it matters
The model copies what it is to predict. Its loss falls below what is possible, and it knows nothing
when it has to go on by itself.

## Example
    logits = encoder(embedding(ids[:, :-1]))
    loss = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())

## Instead
    mask = nn.Transformer.generate_square_subsequent_mask(length)
    logits = encoder(embedding(ids[:, :-1]), mask=mask, is_causal=True)

## When it is intended
Never where the next token is what the model is to tell. Masked tokens, labels of the tokens
themselves and the encoder beside a causal decoder are no matter of this rule, nor are two
directions that are taken apart, each for what it has not read.

## Source
Vaswani et al., "Attention Is All You Need", 2017, section 3.2.3: leftward information flow is
prevented by masking; discuss.pytorch.org/t/one-layer-bilstm-is-not-learning/175731.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loss_facts import LossCalled


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first backward of each line whose model looks ahead at its target."""
    seen: set[str] = set()
    is_next = False
    for event in run.events:
        if isinstance(event, LossCalled) and event.input_from:
            is_next = event.is_next
            if event.read_ahead and event.read_ahead not in seen:
                seen.add(event.read_ahead)
                yield _of_both_directions(run, event)
        elif isinstance(event, GraphSeen):
            looks = event.ahead and not event.causal
            if is_next and looks and event.where not in seen:
                seen.add(event.where)
                yield RULE.found(
                    "the target is the input one place on, and attention lets each position look "
                    "at the later ones: the model is shown what it is to tell",
                    "give the attention a causal mask: is_causal=True, or "
                    "nn.Transformer.generate_square_subsequent_mask(length) as its mask",
                    run.update_at(event),
                    line_of(run, event, "ahead"),
                    attentions_that_look_ahead=event.ahead,
                )
            is_next = False


def _of_both_directions(run: Stretch, loss: LossCalled) -> Judgement:
    return RULE.found(
        "the target is what a recurrent layer is given, one place on, and its backward direction "
        "has read it: the model is shown what it is to tell",
        "read in one direction only (bidirectional=False), or tell only what follows the whole "
        "sequence, from its last place",
        run.update_at(loss),
        loss.read_ahead,
    )


RULE = Rule("BT422", "reads-the-future", "error", check, __doc__, needs=(FACTS,))
