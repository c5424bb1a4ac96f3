"""A value stands in the place of another argument than the one that it is meant for.

## What it sees
In the source, a call of torch's in which a value without a name lands in an argument that it cannot
be meant for: an epsilon of a norm from 0.05 up, or that is its number of channels once more; the
mean of an initial normal draw, where the deviation stays 1; the lower bound of an initial uniform
draw, where the upper one stays 1; a `True` that is an LSTM's bias or its number of layers; a `True`
that is a leaky ReLU's slope; a momentum of SGD of 0.01 and less.

## Why it matters
The value is taken and nothing fails. An epsilon of 0.8 keeps a norm from normalising what varies
little, and the momentum that was meant stays at its default. `normal_(w, 0.02)` draws fifty times
as large as is meant. An LSTM that was to take the batch first goes along the batch. A leaky ReLU of
slope 1 is a line, and layers with nothing but lines between them are one layer.

## Example
    nn.BatchNorm2d(64, 0.8)
    nn.init.normal_(layer.weight, 0.02)
    nn.LeakyReLU(True)

## Instead
    nn.BatchNorm2d(64, momentum=0.2)      # Keras's 0.8 is torch's 0.2
    nn.init.normal_(layer.weight, std=0.02)
    nn.LeakyReLU(inplace=True)

## When it is intended
Where it is; give the argument by its name then.

## Source
github.com/eriklindernoren/PyTorch-GAN, issue 116; github.com/PantoMatrix/PantoMatrix, issue 52;
github.com/weiaicunzai/pytorch-cifar100, pull request 57.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen

# What is likely meant, by the argument that the value is.
_MEANT = {
    "eps": "momentum=",
    "mean": "std=",
    "a": "b=",
    "bias": "batch_first=True",
    "num_layers": "batch_first=True",
    "negative_slope": "inplace=True",
    "momentum": "weight_decay=",
}


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each such call."""
    for slip in run.of(SlipSeen):
        if slip.kind == "argument-misplaced":
            yield RULE.found(
                f"by its place, the last value in {slip.name} is the argument {slip.beside}",
                f"give what is meant by its name, such as {_MEANT[slip.beside]}",
                run.update_at(slip),
                slip.where,
            )


RULE = Rule("BT320", "argument-out-of-place", "warning", check, __doc__, needs=(FACTS,))
