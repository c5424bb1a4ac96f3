"""A language model is never told where a text ends: the end was taken for padding.

## What it sees
The id that the model's `config` calls the end of a text ends each row, the longest one too, which
has no padding; rows are padded with it; and in three losses or more the targets have it nowhere.
Without such a config: a line of the source gives padding the id of the end, as `pad_token =
eos_token` does, and the losses leave out an id that is in the longest row, too.

## Why it matters
Where the end of a text and padding are one id, to leave out padding by its id leaves out the end as
well. The model learns to write and never to stop: it goes on until the limit of what may be
generated.

## Example
    tokenizer.pad_token = tokenizer.eos_token
    labels[labels == tokenizer.pad_token_id] = -100

## Instead
    labels[attention_mask == 0] = -100

## When it is intended
Where the end is not to be learned, as in a model that only continues texts.

## Source
"Incorrect handling of EOS tokens in DataCollatorForLanguageModeling when pad_token is set to
eos_token", github.com/huggingface/transformers, issue 23530.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.framework_lines import has_framework_train
from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.loss_facts import LossCalled
from backtrace.ledger.source_facts import SlipSeen

_ENOUGH = 3


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line whose losses leave out the end."""
    ends = {model.ends_with for model in run.models.values()} - {None}
    written = next((slip for slip in run.of(SlipSeen) if slip.kind == "padding-is-end"), None)
    for (where, function), calls in trained_losses(run).items():
        looked_at = [call for call in calls if call.unscored_end is not None]
        silent = [call for call in looked_at if call.unscored_end in ends]
        if len(silent) >= _ENOUGH:
            is_told = written is not None and has_framework_train(run, where)
            line = written.where if written is not None and is_told else where
            yield _found(run, silent, line, function)
        elif len(looked_at) >= _ENOUGH and not ends and written is not None:
            yield _found(run, looked_at, written.where, function, written)


def _found(
    run: Stretch, calls: list[LossCalled], where: str, function: str, slip: SlipSeen | None = None
) -> Judgement:
    end = calls[0].unscored_end
    return RULE.found(
        f"{function} never scores {end}, which ends each text by the model's config: it is "
        "the id of the padding, too, and was left out with it"
        if slip is None
        else f"{function} never scores {end}, which ends each text: {slip.name} is {slip.beside}, "
        "and it was left out with the padding",
        "leave out padding by the attention mask (labels[attention_mask == 0] = -100), or "
        "pad with an id of its own",
        run.update_at(calls[0]),
        where,
        losses_looked_at=len(calls),
    )


RULE = Rule(
    "BT457", "end-never-scored", "warning", check, __doc__, needs=(FACTS,), told=("labels",)
)
