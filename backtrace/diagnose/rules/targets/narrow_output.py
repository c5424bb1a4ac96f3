"""The last activation keeps the model from saying what the targets are.

## What it sees
In every call of a squared or absolute error, the one loss function of a run and called three times
or more, the input was made by a ReLU, a softplus, a sigmoid, a softmax or a tanh, or is what an
LSTM returned, and in most of the calls some of the targets lie outside of what that can return, by
more than a tenth of their range. Or, in the graphs of two backwards or more, a ReLU's output,
multiplied by a mask or not, that an error of torch's or of your own compares with targets a good
part of which is below zero.

## Why it matters
No training brings the output there. A ReLU that should say a negative number says 0 and has no
gradient for it; a sigmoid or a tanh is driven to its end, where its gradient is gone.

## Example
    decoder = nn.Sequential(nn.Linear(8, 30), nn.Sigmoid())
    loss = F.mse_loss(decoder(code), standardised)      # from -3 to 3

## Instead
    decoder = nn.Linear(8, 30)

Or bring the targets into the range: from 0 to 1 for a sigmoid, from -1 to 1 for a tanh. What an
LSTM returns is a tanh times a sigmoid: put a linear layer behind it.

## When it is intended
Where the targets beyond the range are errors of measurement, and as large as a tenth of it.

## Source
Bishop, "Pattern Recognition and Machine Learning", 2006, section 5.2: the output's activation goes
with the kind of target, and is the identity for regression;
github.com/tsinghua-rll/VoxelNet-tensorflow, issue 10: where a detector moves its boxes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf

from backtrace.diagnose.graph_lines import closing_line, line_of
from backtrace.diagnose.loss_calls import is_softmax, trained_losses
from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.graph_seen import GraphSeen
from backtrace.ledger.loss_facts import LossCalled

_FUNCTIONS = ("mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss")
_LSTM = "LSTM"
_RANGES = {
    "ReluBack": ("ReLU", 0.0, inf),
    "SoftplusBack": ("softplus", 0.0, inf),
    "SigmoidBack": ("sigmoid", 0.0, 1.0),
    "TanhBack": ("tanh", -1.0, 1.0),
    "MkldnnRnnLayerBack": (_LSTM, -1.0, 1.0),
}
_LINEAR = "put a linear layer behind the LSTM, whose output is a tanh times a sigmoid"
_ENOUGH = 3
_GRAPHS = 2  # one may be of an odd batch
_MOST = 0.5  # of the calls: a batch of a few rows may have none of the large targets
_BEYOND = 0.1  # of the range of the targets


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the one loss of a run whose input never reaches its targets, or else such a ReLU."""
    found = list(_of_calls(run))
    yield from found or _of_graphs(run)


def _of_graphs(run: Stretch) -> Iterator[Judgement]:
    graphs = [each for each in run.of(GraphSeen) if each.floored_answers]
    if len(graphs) >= _GRAPHS:
        yield RULE.found(
            "a loss compares the output of a ReLU with targets a good part of which is below zero: "
            "it cannot say these",
            "leave the ReLU after the last layer out",
            run.update_at(graphs[0]),
            line_of(run, graphs[0], "floored_answers"),
            graphs=len(graphs),
        )


def _of_calls(run: Stretch) -> Iterator[Judgement]:
    sites = trained_losses(run)
    if len(sites) != 1:
        return
    ((where, function), calls) = next(iter(sites.items()))
    found = _range_of(calls)
    if function not in _FUNCTIONS or found is None or len(calls) < _ENOUGH:
        return
    name, low, high = found
    beyond = [call for call in calls if _is_beyond(call, low, high)]
    if len(beyond) > _MOST * len(calls):
        least = min(call.expected.min for call in calls if call.expected is not None)
        most = max(call.expected.max for call in calls if call.expected is not None)
        yield RULE.found(
            f"{function} compares the output of the {name} with targets from {least:.3g} to "
            f"{most:.3g}: it cannot say all of these",
            _LINEAR
            if name == _LSTM
            else f"leave the {name} after the last layer out, or bring the targets into its range",
            run.update_at(beyond[0]),
            closing_line(run, name, where),
            target_min=least,
            target_max=most,
            calls=len(beyond),
        )


def _range_of(calls: Sequence[LossCalled]) -> tuple[str, float, float] | None:
    """Return what made the input of all calls, with the least and the most it returns."""
    (made_by, *others) = {call.input_from for call in calls}
    if others:
        return None
    if is_softmax(made_by):
        return "softmax", 0.0, 1.0
    return next((each for name, each in _RANGES.items() if made_by.startswith(name)), None)


def _is_beyond(call: LossCalled, low: float, high: float) -> bool:
    wanted = call.expected
    if wanted is None or wanted.nonfinite:
        return False
    slack = _BEYOND * (wanted.max - wanted.min)
    return wanted.min < low - slack or wanted.max > high + slack


RULE = Rule("BT480", "narrow-output", "warning", check, __doc__, needs=(FACTS,))
