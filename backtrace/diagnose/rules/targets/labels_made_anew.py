"""Labels leave the prompt out of the loss, and the collator makes labels anew of all tokens.

## What it sees
In the source, labels that open with -100 for the tokens of a prompt, and a Trainer of transformers'
whose `data_collator` is `DataCollatorForLanguageModeling(…, mlm=False)`; in a run that takes steps.

## Why it matters
That collator does not read the labels that it is given: it copies the ids, and leaves out padding
alone. The prompts are learned as well as the answers, and where they are long they are most of the
loss. Nothing raises, and the loss falls as it should.

## Example
    labels = [-100] * len(prompt) + answer
    Trainer(..., data_collator=DataCollatorForLanguageModeling(tokenizer, mlm=False))

## Instead
    labels = [-100] * len(prompt) + answer
    Trainer(..., data_collator=DataCollatorForSeq2Seq(tokenizer))

Or `default_data_collator`, where all rows are of one length.

## When it is intended
Where the labels are for an evaluation alone, and the prompts are to be learned.

## Source
github.com/huggingface/transformers, issue 26357; github.com/PhoebusSi/Alpaca-CoT, issue 143.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such collator."""
    if not run.steps:
        return
    for slip in run.of(SlipSeen):
        if slip.kind == "labels-made-anew":
            yield RULE.found(
                f"{slip.name} makes labels anew of the ids: the -100 that line {slip.beside} "
                "writes over the prompt is lost, and prompts are learned, too",
                "take a collator that keeps labels: DataCollatorForSeq2Seq, which pads them, or "
                "default_data_collator",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT593", "labels-made-anew", "warning", check, __doc__, needs=(FACTS,))
