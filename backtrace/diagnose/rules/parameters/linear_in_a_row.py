"""Linear layers follow each other with nothing between them: together they are one linear map.

## What it sees
In the graph of a backward, a linear layer with a bias, or a convolution, whose very output the next
one takes, where nothing else than such layers stands between the inputs and the last of them; and
a loss that falls no more and is at rest at a third or more of what one and the same answer for
every row would give. An activation behind the last layer alone bends nothing for the others.
Layers whose middle is narrower than both sides are left alone, and so are those without a bias.

## Why it matters
Two linear maps in a row are one linear map, however many units stand between them. What is not
linear in the inputs, such as XOR or a circle, is out of its reach for good: the loss comes to rest
where the best straight line has it.

## Example
    model = nn.Sequential(nn.Linear(2, 16), nn.Linear(16, 1))

## Instead
    model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))

## When it is intended
Where a deep linear network is itself what is studied.

## Source
discuss.pytorch.org/t/13287 ("Unable to learn XOR representation using 2 layers of multi-layered
perceptron"); Goodfellow, Bengio and Courville, "Deep Learning", 2016, section 6.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.constant_answers import find_at_rest
from backtrace.diagnose.graph_lines import line_at
from backtrace.diagnose.needs import FACTS, REAL_DATA, UNSAMPLED
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_facts import LayersBare

_MUCH = 1 / 3  # of what a constant gives


def check(run: Stretch) -> Iterator[Judgement]:
    """Give such layers of a run whose loss stays high."""
    bare = next(iter(run.of(LayersBare)), None)
    rest = find_at_rest(run, _MUCH) if bare is not None else None
    if bare is None or rest is None:
        return
    names = ", ".join(bare.layers[:-1])
    yield RULE.found(
        f"layers {names} and {bare.layers[-1]} follow each other with nothing between them, and "
        f"are one linear map of the inputs: {rest.site[1]} stays at {rest.loss:.4g}, and one and "
        f"the same answer for every row would give {rest.constant:.4g}",
        "put an activation between them, such as nn.ReLU()",
        run.update_at(rest.late[0]),
        line_at(run, bare.where, "linear_chain") or bare.where,
        loss=rest.loss,
        constant_answer=rest.constant,
        layers=len(bare.layers),
    )


RULE = Rule(
    "BT220",
    "linear-in-a-row",
    "warning",
    check,
    __doc__,
    needs=(FACTS, UNSAMPLED, REAL_DATA),
)
