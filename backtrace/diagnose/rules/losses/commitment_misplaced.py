"""A quantiser's weight of the commitment is put on the codebook's term.

## What it sees
In the source of a file that calls a model, a sum of two squared differences of the same two
tensors, `q` and `z`, in one of which `q` is detached and in the other `z`. A factor called `beta`,
or by the word commitment, multiplies the one in which `z` is detached. Which of both is looked up
is told by their names: `z_q`, `quantized`, `codes`, `embeddings`.

## Why it matters
Through the term in which `z` is detached the codebook learns, through the other one the encoder is
held to its codes. With a factor of 0.25 on the wrong one the encoder is held sixteen times as
firmly, next to the codebook, as is meant: it hardly leaves the codes that it began with.

## Example
    loss = ((z_q.detach() - z) ** 2).mean() + beta * ((z_q - z.detach()) ** 2).mean()

## Instead
    loss = beta * ((z_q.detach() - z) ** 2).mean() + ((z_q - z.detach()) ** 2).mean()

## When it is intended
Where weights are kept that were trained so: what was published once is often left as it is.

## Source
van den Oord et al., "Neural Discrete Representation Learning", 2017, equation 3;
github.com/CompVis/taming-transformers, issues 46 and 57; github.com/sczhou/CodeFormer, issue 427;
github.com/bytedance/1d-tokenizer, pull request 120.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such sum."""
    for slip in run.of(SlipSeen):
        if slip.kind == "commitment":
            yield RULE.found(
                f"{slip.beside} stands in {slip.name}, from which the codebook learns: the "
                "encoder, which it is to weigh, learns from the other term",
                f"put {slip.beside} on the term in which the codes are detached",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT610", "commitment-misplaced", "warning", check, __doc__, needs=(FACTS,))
