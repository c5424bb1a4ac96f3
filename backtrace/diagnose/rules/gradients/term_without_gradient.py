"""Something in the sum that is the loss depends on what is trained, and has no gradient.

## What it sees
A backward starts from a sum of what loss functions of torch's returned and of something that no
graph leads to. What the loss is beyond these functions takes three values or more. The source of
the sum shows that this part is computed from `.data`, `.detach()`, `.item()`, under `no_grad`, or
from the very prediction that a loss function beside it is given.

## Why it matters
The part is in the loss that is printed, and the optimizer does not hear of it: a penalty on weights
leaves them as they are, and a measure of a thresholded prediction is not made better.

## Example
    penalty = model.factors.data.abs().mean()
    loss = F.mse_loss(out_a, a) + F.mse_loss(out_b, b) + 0.1 * penalty

## Instead
    penalty = model.factors.abs().mean()
    loss = F.mse_loss(out_a, a) + F.mse_loss(out_b, b) + 0.1 * penalty

## When it is intended
A constant, or an entropy of the targets, makes a loss comparable and gives no gradient; this rule
is silent there. So it is where parameters are frozen, for their terms may have none on purpose.

## Source
torch.Tensor.detach, PyTorch documentation; V-Net (the soft Dice loss), Milletari, Navab and Ahmadi,
2016.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.cut_terms import find_cut_terms
from backtrace.diagnose.dead_calls import find_dead_calls
from backtrace.diagnose.dead_terms import find_dead_terms
from backtrace.diagnose.graph_lines import line_of
from backtrace.diagnose.needs import FACTS, UNSAMPLED
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import ParameterSeen
from backtrace.ledger.graph_seen import GraphSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each loss with such a part, unless BT407 tells of it by the numbers alone."""
    if any(not seen.requires_grad for seen in run.of(ParameterSeen)):
        return
    found = list(find_cut_terms(run))
    if not found or find_dead_calls(run) or find_dead_terms(run):
        return
    for written, terms in found:
        yield RULE.found(
            f"the loss holds {written}, which changes and to which no graph leads: it gives no "
            "gradient",
            f"compute {written} from the model's output or parameters, without .data, .detach(), "
            ".item(), no_grad, argmax or a comparison",
            terms[1].number,
            _line_of(run, terms[0].graph),
            updates=len(terms),
            first_value=terms[0].value,
            last_value=terms[-1].value,
        )


def _line_of(run: Stretch, graph: GraphSeen) -> str:
    """Return the line that cuts a term off from its graph, or else that of the sum."""
    line = line_of(run, graph, "cut_term")
    return line if line != graph.where else line_of(run, graph, "addends")


RULE = Rule("BT456", "term-without-gradient", "warning", check, __doc__, needs=(FACTS, UNSAMPLED))
