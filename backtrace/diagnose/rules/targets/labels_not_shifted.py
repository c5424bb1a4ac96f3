"""A causal model is asked for the token that it is given, not for the next one.

## What it sees
In each loss that was compared with the ids before it, the target at every place that is scored is
the id at this place; and every attention over the sequence in the graph of that loss looks at no
later place. Or, of a decoder: the ids of another sequence, the source, were embedded before these,
and attention that looks at no later place, or what a recurrent layer of one direction said at each
of them, is in that graph. Or a loss that is made by hand picks the log-probability of each place's
own id, as a Trainer's label smoothing does for a class that is not known to be causal. Or, at the
first place alone: all rows of labels begin with the `decoder_start_token_id` of the model's config,
which the model puts before them itself.

## Why it matters
The answer stands in the input. The loss falls to nothing within a few updates, while the model
learns to hand on what it is given: it repeats one token for ever when it has to go on by itself. A
decoder has no use for its source then. Where the start token stands twice, the model learns to
begin with it once more: what comes after one start, as Whisper's language does, is never asked for.

## Example
    logits = model(ids)  # with a causal mask
    loss = F.cross_entropy(logits.flatten(0, 1), ids.flatten())

## Instead
    logits = model(ids[:, :-1])
    loss = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())

## When it is intended
A model without a causal mask may be asked for its own tokens, as an autoencoder is: it is left
alone, and so is a model of which further losses are taken of the next tokens. A copy of the ids
that is masked, noisy or shifted is no source. A start token that stands twice is a note where no
line is to cut it off and the model is none of Whisper's: a text that is generated from one start
has it once more, and then what was learned.

## Source
"Causal language modeling", Transformers documentation: the labels are shifted inside the model, and
whoever writes the loss has to shift them; Sutskever et al., "Sequence to Sequence Learning with
Neural Networks", 2014, section 2: each word is told from the source and the words before it;
github.com/huggingface/transformers, issues 6476, 11977 and 27161; github.com/huggingface/blog, pull
request 1949.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from backtrace.diagnose.graph_lines import line_of, only_line
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loss_facts import LossCalled

_ENOUGH = 2
_ENOUGH_ROWS = 4
_FIX = (
    "shift decoder_input_ids one place to the right, behind a start token: a model of transformers "
    "that is given the labels alone does so itself"
)


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the line of such a loss, where it was seen in two backwards."""
    yield from _started_twice(run)
    losses = [loss for loss in run.of(LossCalled) if loss.input_from]
    if any(loss.is_next or loss.is_after_next for loss in losses):
        return
    found: list[LossCalled] = []
    last: LossCalled | None = None
    for event in run.events:
        if isinstance(event, LossCalled) and event.input_from:
            last = event
        elif isinstance(event, GraphSeen):
            if last is not None and _is_told(last, event):
                found.append(last)
            last = None
    picks = [graph for graph in run.of(GraphSeen) if graph.causal and not graph.ahead]
    picks = [graph for graph in picks if graph.own_picks]
    if len(picks) >= _ENOUGH:
        yield _of_picks(run, picks)
    if len(found) >= _ENOUGH:
        yield _of_decoder(run, found) if found[0].has_source else _of_model(run, found)


def _started_twice(run: Stretch) -> Iterator[Judgement]:
    """Give labels that begin with the token that the model puts before them, in all losses."""
    starts = {
        each.starts_with: each for each in run.models.values() if each.starts_with is not None
    }
    losses = [loss for loss in run.of(LossCalled) if loss.is_next]
    twice = [loss for loss in losses if loss.start_twice is not None]
    model = starts.get(twice[0].start_twice or 0) if twice and len(losses) == len(twice) else None
    if model is None or sum(loss.ids[0] for loss in twice) < _ENOUGH_ROWS:
        return
    cut = only_line(run, "start-check")
    found = RULE.found(
        f"all labels begin with {model.starts_with}, the decoder_start_token_id of {model.type}, "
        "which puts it before them itself: the decoder is given it twice, and is asked for it",
        "compare with decoder_start_token_id where the labels' first token is cut off"
        if cut
        else "leave the start token out of the labels: labels[:, 1:]",
        run.update_at(twice[0]),
        cut or twice[0].where,
        losses_looked_at=len(twice),
    )
    is_worse = cut or model.type.startswith("Whisper")
    yield found if is_worse else replace(found, severity="note")


def _is_told(loss: LossCalled, graph: GraphSeen) -> bool:
    """Whether the targets are the ids that were given, to what goes along them one way."""
    if not loss.has_source and graph.ahead:
        return False
    return loss.is_same and (bool(graph.causal) or loss.by_places)


def _of_model(run: Stretch, losses: list[LossCalled]) -> Judgement:
    way = "the scores of each place are made of its own" if losses[0].by_places else ""
    return RULE.found(
        f"the targets of {losses[0].function} are the input's tokens, place by place, and "
        f"{way or 'attention lets each place see its own'}: the answer stands in the input",
        "shift them by one: model(ids[:, :-1]) against ids[:, 1:]",
        run.update_at(losses[0]),
        losses[0].where,
        losses_looked_at=len(losses),
    )


def _of_picks(run: Stretch, graphs: list[GraphSeen]) -> Judgement:
    told = only_line(run, "smoothing")
    return RULE.found(
        "a loss made by hand picks the log-probability of the token that each place is given, and "
        "attention lets each place see its own: the answer stands in the input",
        "smooth in the loss of the model, cross_entropy(..., label_smoothing=...): a Trainer with "
        "label_smoothing_factor shifts the labels of the classes alone that transformers lists as "
        "causal"
        if told
        else "shift them by one: log_probs[:, :-1] against ids[:, 1:]",
        run.update_at(graphs[0]),
        told or line_of(run, graphs[0], "own_picks"),
        losses_looked_at=len(graphs),
    )


def _of_decoder(run: Stretch, losses: list[LossCalled]) -> Judgement:
    made = only_line(run, "decoder-ids")
    return RULE.found(
        f"the targets of {losses[0].function} are the very tokens that the decoder is given, place "
        "by place: it can copy them, and has no need of the source",
        _FIX
        if made
        else "begin each target with a start token, and shift: model(source, "
        "target[:, :-1]) against target[:, 1:]",
        run.update_at(losses[0]),
        made or losses[0].where,
        losses_looked_at=len(losses),
    )


RULE = Rule(
    "BT436", "labels-not-shifted", "warning", check, __doc__, needs=(FACTS,), told=("labels",)
)
