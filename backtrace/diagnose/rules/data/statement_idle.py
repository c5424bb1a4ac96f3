"""A line does nothing: its result is thrown away, or the method in it is never called.

## What it sees
In the source of a file that calls a model, a statement that is nothing but a call which gives a new
tensor and leaves its own as it is (`h.detach()`, `w.data.clamp(-1, 1)`, `F.dropout(x)`), or a model
and leaves the one at hand (`LitModel.load_from_checkpoint(path)`), or what an Accelerator prepared
of an optimizer, or a sum or a comparison in a function (`loss + penalty`); one that names `step`,
`backward`, `zero_grad`, `train` or `eval` without the parentheses that call it; `torch.no_grad()`
without `with`; one that writes to an attribute which torch does not have, as `optimizer.lr` or
`require_grad`, or which it reads only when the object is made, as a loss's `size_average` or the
`out_features` of a layer whose weight is left as it is; and one in a loop over parameters that
gives the loop's name another tensor, `p = decay * p`. Or a mask is put on a tensor, `masked = x *
mask`, and nothing reads `masked` nor uses the mask otherwise. Or a line writes over the loss of a
line before, or over what that made of the same name, and nothing has read it in between. Or a term
of a loss is computed in front of a backward, and nothing reads it.
Or `nn.init` fills the weight of a layer under `weight_norm`, a parametrization or a pruning, which
is computed of other parameters whenever the layer is used. Or a state is loaded into a model that
the file makes and never uses, while another one that the same call made is used below.

## Why it matters
The line reads as if it were done. Weights are not clamped, a state keeps its graph, gradients are
not scaled, and nothing says so.

## Example
    for weight in critic.parameters():
        weight.data.clamp(-0.01, 0.01)

## Instead
    for weight in critic.parameters():
        weight.data.clamp_(-0.01, 0.01)

## When it is intended
A method or an attribute of a class of your own with such a name. A line that is tried alone, to
see whether it raises, is left alone.

## Source
"In-place operations on Tensors", PyTorch documentation, torch.Tensor: names that end with `_`;
github.com/Lightning-AI/pytorch-lightning, issue 4789: a checkpoint that changes no model;
github.com/huggingface/accelerate, issue 244: a script runs without `prepare` as it does with it;
github.com/lucidrains/DALLE2-pytorch, issue 235: a mask of the condition that is not used;
github.com/facebookresearch/InferSent, pull request 107: a loss that still averages;
github.com/tongtybj/TrTr, issue 13: a box that is written over by the mask;
torch.nn.utils.parametrize, PyTorch documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import Idle, StatementIdle

_SAYS: dict[Idle, str] = {
    "dropped": "{} gives something new, which is thrown away: nothing was changed",
    "unprepared": "{} gives what is to be trained with, which is thrown away: what steps does not "
    "accumulate, scale nor share",
    "uncalled": "{} names a method and does not call it: nothing was done",
    "unentered": "{} alone does nothing: it holds inside a with statement only",
    "misnamed": "{} writes to an attribute that torch does not read: nothing was changed",
    "late": "{} comes too late: torch read it when the object was made, and nothing was changed",
    "rebound": "{} gives the loop's name another tensor, and the parameter stays as it was",
    "unread": "{0} is read by nothing: {1} goes on without the mask",
    "overwritten": "{0} writes over a loss that nothing has read: it trains nothing",
    "unadded": "{1} is read by nothing: the loss that is trained goes without this term",
    "misgiven": "{0} writes over what the line before made, and {1} goes on as it was",
    "computed": "{0} fills a weight that is computed of other parameters: the next time that the "
    "layer is used it is computed anew, and what was filled in is lost",
    "unused": "{0} loads into a model that nothing uses: {1} goes on as it was made",
}
_ADVISES: dict[Idle, str] = {
    "dropped": "keep what it gives: x = …",
    "unprepared": "keep what it gives, and train with that: {1} = …",
    "uncalled": "call it: {0}()",
    "unentered": "write with {0}: and indent what it is to hold for",
    "misnamed": "write to {1}",
    "late": "give {1} to the call that makes the object",
    "rebound": "write in place: {1}.copy_(…) under torch.no_grad(), or {1}.mul_(…).add_(…)",
    "unread": "go on with what it gives, in the place of {1}",
    "overwritten": "add the two, {1} = {1} + …, or remove the line that is written over",
    "unadded": "add {1} to the loss before backward, or leave it out",
    "misgiven": "give it to {1} instead",
    "computed": "initialise the layer before it is given to weight_norm or another parametrization",
    "unused": "load the state into {1}, or go on with the model that it was loaded into",
}
_IN_PLACE = "keep what it gives, x = x.…, or write in place with {1}"


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each statement that does nothing."""
    for event in run.of(StatementIdle):
        advice = _ADVISES[event.why]
        if event.why == "dropped" and event.instead:
            advice = _IN_PLACE
        message, fix = (
            _SAYS[event.why].format(event.text, event.instead),
            advice.format(event.text, event.instead),
        )
        yield RULE.found(message, fix, run.update_at(event), event.where)


RULE = Rule("BT446", "statement-idle", "warning", check, __doc__, needs=(FACTS,))
