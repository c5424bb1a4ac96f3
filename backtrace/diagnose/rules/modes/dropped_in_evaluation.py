"""Dropout goes on in evaluation: a function that was not told of the mode, or a layer apart.

## What it sees
`torch.nn.functional.dropout` drops elements while a model in evaluation mode is computing without
gradients, or a function of attention is told to; or a layer does that is in training mode and no
part of this model, as one that is made in `forward`.

## Why it matters
What is evaluated, and later used, is the model with a part of its units missing, another part each
time. Every metric is worse than the weights are.

## Example
    def forward(self, x):
        return self.head(F.dropout(F.relu(self.body(x)), p=0.5))

## Instead
    def forward(self, x):
        return self.head(F.dropout(F.relu(self.body(x)), p=0.5, training=self.training))

## When it is intended
Monte Carlo dropout draws many answers of one model on purpose. A layer `nn.Dropout` that was left
in training mode for that is no matter of this rule, nor is a share that a condition decides.

## Source
torch.nn.functional.dropout: `training` is True by default; "dropout in resnet.py",
github.com/yangze0930/NTS-Net, issue 14; scaled_dot_product_attention, which drops in each mode:
github.com/huggingface/transformers, pull request 33844.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.layer_facts import DroppedInEvaluation

_TOLD = {
    "scaled_dot_product_attention": (
        "tell the function: dropout_p=self.dropout if self.training else 0.0"
    ),
    "multi_head_attention_forward": "tell the function: training=self.training",
}


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that drops in evaluation, once."""
    seen: set[str] = set()
    for event in run.of(DroppedInEvaluation):
        if event.where not in seen:
            seen.add(event.where)
            what = (
                f"{event.module} is in evaluation mode, and dropout still drops {event.share:.0%} "
                "of the elements here"
            )
            fix = (
                "tell the function: F.dropout(..., training=self.training), or make it a layer, "
                "nn.Dropout"
            )
            if event.call in _TOLD:
                what = (
                    f"{event.module} is in evaluation mode, and {event.call} still drops "
                    f"{event.share:.0%} of the attention here"
                )
                fix = _TOLD[event.call]
            if event.by_layer:
                what += ": this layer is no part of it, and eval() does not reach it"
                fix = "make the layer in __init__, as an attribute of the module that calls it"
            yield RULE.found(
                what,
                fix,
                run.update_at(event),
                event.where,
                share_dropped=event.share,
            )


RULE = Rule("BT311", "dropped-in-evaluation", "warning", check, __doc__, needs=(FACTS,))
