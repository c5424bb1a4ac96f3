"""What a loss comes to rest at, beside what one constant answer for every row would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from statistics import fmean, variance

from backtrace.diagnose.loss_calls import Site, trained_losses
from backtrace.diagnose.progress import optimizers_of
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import BackwardRan
from backtrace.ledger.loader_facts import BatchDrawn
from backtrace.ledger.loss_facts import LossCalled

_CLASSES = ("cross_entropy", "nll_loss")
_BINARY = ("binary_cross_entropy", "binary_cross_entropy_with_logits")
_SQUARES = "mse_loss"
_ENOUGH = 150  # updates of a run
_FEWEST = 30  # calls that are averaged
_FALLS = 0.001  # of it, from one half of the last calls to the other: rounding, or as good as
_SURE = 2  # standard errors of that fall
_UNSURE = 0.02  # of a constant's loss: such an error
_ABOVE = 1.03  # of it: what lies there is not at rest at a constant's, and may be on its way
_ROWS = 5  # for each class, from which shares are known well enough
_LEAST_ENTROPY = 0.5  # where classes are less even, a loss may be near it and say something


@dataclass(frozen=True, slots=True)
class AtRest:
    """The one loss of a run, at which it falls no more: `loss` on average over its `late` calls.

    `constant` is what the best constant answer would give.
    """

    site: Site
    late: Sequence[LossCalled]
    loss: float
    constant: float


def find_at_rest(run: Stretch, share: float) -> AtRest | None:
    """Return the one loss of a run that is at rest at a share of a constant's, or above."""
    sites = trained_losses(run)
    if len(sites) != 1 or len(optimizers_of(run)) != 1 or _does_rate_rise(run):
        return None
    ((site, calls),) = sites.items()
    late = _late_calls(run, calls)
    if len(late) < _FEWEST or not _are_data(run, site, calls):
        return None
    constant = _constant_of(site[1], late, calls)
    values = [call.value for call in late if call.value is not None]
    if constant is None or not _is_flat_above(values, constant, share):
        return None
    if fmean(values) > _ABOVE * constant and _has_fallen(calls):
        return None
    return AtRest(site, late, fmean(values), constant)


def _late_calls(run: Stretch, calls: Sequence[LossCalled]) -> list[LossCalled]:
    """Return the last of the calls whose value alone went backward, of a run that was long."""
    if run.is_start and len(run.steps) < _ENOUGH:
        return []
    late = calls[len(calls) // 2 :] if run.is_start else calls
    first = late[0].index if late else 0
    backwards = [each for each in run.of(BackwardRan) if each.index > first]
    found, at = [], 0
    for backward in backwards:
        while at + 1 < len(late) and late[at + 1].index < backward.index:
            at += 1
        if not _is_near(late[at].value, backward.loss):
            return []
        found.append(late[at])
    return found


def _is_near(value: float | None, other: float | None) -> bool:
    return value is not None and other is not None and abs(value - other) <= 1e-3 * abs(value)


def _are_data(run: Stretch, site: Site, calls: Sequence[LossCalled]) -> bool:
    """Whether the targets are surely data: classes, of a loader, or the same again and again."""
    if site[1] != _SQUARES or any(True for _ in run.of(BatchDrawn)):
        return True
    return len({call.target for call in calls}) <= len(calls) // 2


def _does_rate_rise(run: Stretch) -> bool:
    """Whether any group's rate is higher at the end than in the middle."""
    steps = run.steps
    if not steps:
        return True
    middle, last = steps[len(steps) // 2], steps[-1]
    return any(b > 1.01 * a for a, b in zip(middle.lr, last.lr, strict=False))


def _constant_of(
    function: str, late: Sequence[LossCalled], calls: Sequence[LossCalled]
) -> float | None:
    """Return the loss of the best constant answer, at most; None where that is not known."""
    if any(call.reduction != "mean" for call in late):
        return None
    if function == _SQUARES:
        return _variance(late)
    if function not in (*_CLASSES, *_BINARY):
        return None
    found = _entropy_of_classes(calls) if function in _CLASSES else _entropy_of_two(late)
    return found if found is not None and found > _LEAST_ENTROPY else None


def _entropy_of_classes(calls: Sequence[LossCalled]) -> float | None:
    """Return the entropy of the classes as often as they occur and as much as they weigh.

    None where few targets were counted. What few of them understate is made good by the estimate
    of G. A. Miller, "Note on the bias of information estimates", 1955.
    """
    counted = [call for call in calls if call.counts]
    if len({len(call.counts) for call in counted}) != 1:
        return None
    totals: list[float] = [
        sum(column) for column in zip(*(call.counts for call in counted), strict=True)
    ]
    rows = sum(call.counted for call in counted)
    if rows < _ROWS * len(totals):
        return None
    weights = counted[0].weights or (1.0,) * len(totals)
    shares = [count * weight for count, weight in zip(totals, weights, strict=True)]
    whole = sum(shares)
    if not whole > 0:
        return None
    seen = [each / whole for each in shares if each > 0]
    return -sum(each * log(each) for each in seen) + (len(seen) - 1) / (2 * rows)


def _entropy_of_two(late: Sequence[LossCalled]) -> float | None:
    targets = [call.expected for call in late if call.expected is not None and not call.weights]
    if len(targets) < len(late) or any(each.min < 0 or each.max > 1 for each in targets):
        return None
    share = fmean(each.mean for each in targets)
    return -share * log(share) - (1 - share) * log(1 - share) if 0 < share < 1 else None


def _variance(late: Sequence[LossCalled]) -> float | None:
    targets = [call.expected for call in late if call.expected is not None and call.expected.numel]
    if len(targets) < len(late):
        return None
    mean = fmean(each.mean for each in targets)
    return max(fmean(each.norm**2 / each.numel for each in targets) - mean**2, 0.0) or None


def _is_flat_above(values: Sequence[float], constant: float, share: float) -> bool:
    """Whether losses are a share of a constant's, or more, and fall no more than they scatter."""
    half = len(values) // 2
    before, after = values[:half], values[half:]
    fall, unsure = _compare(before, after)
    if fmean(after) < share * constant or fall > max(_SURE * unsure, _FALLS * constant):
        return False
    return unsure <= _UNSURE * constant


def _has_fallen(calls: Sequence[LossCalled]) -> bool:
    """Whether the second half of what was kept lies below the first one, by more than chance."""
    values = [call.value for call in calls if call.value is not None]
    half = len(values) // 2
    fall, unsure = _compare(values[:half], values[half:])
    return fall > unsure


def _compare(before: Sequence[float], after: Sequence[float]) -> tuple[float, float]:
    """Return by how much the second are less on average, and the standard error of that."""
    unsure = sqrt(variance(before) / len(before) + variance(after) / len(after))
    return fmean(before) - fmean(after), unsure
