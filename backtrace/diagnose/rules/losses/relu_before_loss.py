"""The logits that a loss takes have gone through a ReLU.

## What it sees
The input of `cross_entropy` or `binary_cross_entropy_with_logits` was made by a ReLU, or that of
`binary_cross_entropy` or `nll_loss` by a sigmoid or log-softmax of what a ReLU had made. Or, in the
graphs of two backwards or more, a logarithm is taken of such a sigmoid, as a cross-entropy by hand
does.

## Why it matters
The last layer can say yes and never no: every negative logit becomes 0. With a sigmoid behind it
no probability is below 0.5, and a row whose logits are all negative has no gradient.

## Example
    x = F.relu(self.fc2(x))
    return x                      # into nn.CrossEntropyLoss

## Instead
    return self.fc2(x)

## When it is intended
Hardly ever; evidential networks use it, with losses of their own.

## Source
torch.nn.CrossEntropyLoss, PyTorch documentation: the input is logits of any sign and size;
"Output of the binary classification model", discuss.pytorch.org/t/56327;
github.com/tsinghua-rll/VoxelNet-tensorflow, issue 10: the scores of a detector.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.graph_lines import closing_line, line_of
from backtrace.diagnose.loss_calls import trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loss_facts import LossCalled

_OF_LOGITS = ("cross_entropy", "binary_cross_entropy_with_logits")
_OF_SQUASHED = ("binary_cross_entropy", "nll_loss")
_TIMES = 2  # so many graphs: one may be made to try a loss


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that calls one of them on a ReLU's output, or the ReLU of one by hand."""
    is_told = False
    for (where, function), calls in trained_losses(run).items():
        wrong = [call for call in calls if _maker_of_logits(call).startswith("ReluBack")]
        if wrong:
            is_told = True
            yield RULE.found(
                f"{function} was given the output of a ReLU: no logit can be negative"
                if function in _OF_LOGITS
                else f"{function} was given what a ReLU had made: no logit before the "
                f"{_squashing(wrong[0])} can be negative",
                "leave the activation after the last layer out",
                run.update_at(wrong[0]),
                closing_line(run, "ReLU", where),
                input_made_by=_maker_of_logits(wrong[0]),
                calls=len(wrong),
            )

    graphs = [each for each in run.of(GraphSeen) if each.floored_logits]
    if len(graphs) >= _TIMES and not is_told:
        yield RULE.found(
            "a loss takes the logarithm of a sigmoid of what a ReLU had made: no logit before the "
            "sigmoid can be negative",
            "leave the activation after the last layer out",
            run.update_at(graphs[0]),
            line_of(run, graphs[0], "floored_logits"),
            graphs=len(graphs),
        )


def _maker_of_logits(call: LossCalled) -> str:
    if call.function in _OF_LOGITS:
        return call.input_from
    return call.squashed_from if call.function in _OF_SQUASHED else ""


def _squashing(call: LossCalled) -> str:
    return "sigmoid" if call.input_from.startswith("Sigmoid") else "log_softmax"


RULE = Rule(
    "BT410", "relu-before-loss", "warning", check, __doc__, needs=(FACTS,), cure="bare_output"
)
