"""A loss or a gradient is not finite, and the parameters follow it.

## What it sees
The first update at which a loss is NaN or infinite, or at which a step reads gradients that are and
writes values that are. Where the graph tells it, the operation that made the first such number, or
the one whose bad values a mask hides from the loss; or a root that nothing keeps away from zero.

## Why it matters
A number that is not finite spreads: the step writes it into the parameters, and from then on every
output and every loss is NaN. Nothing that was learned before is left.

## Example
    loss = -(target * torch.log(probabilities)).sum()  # log(0) is -inf, and 0 * -inf is NaN

## Instead
    loss = F.cross_entropy(logits, target)

## When it is intended
Never, but it may be provided for. A GradScaler leaves out steps with gradients that are not
finite, at first because its scale is too large: those are no finding. A loss that is not finite and
that no step followed is a note. Where a closure runs several times in one step, as LBFGS has it
do, what is tried is not looked at as long as the values stay finite.

## Source
"Why my loss function's value doesn't change / is nan", discuss.pytorch.org; the documentation of
torch.autograd.detect_anomaly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import isfinite

from backtrace.diagnose.graph_lines import line_at, line_in_any, line_of
from backtrace.diagnose.holdings import listed
from backtrace.diagnose.rule import Finding, Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.diagnose.windows import Window
from backtrace.ledger.events import BackwardRan, ForwardRan, Reading, StepBegan, StepTaken
from backtrace.ledger.graph_seen import GraphSeen

_ROOTS = ("Sqrt", "Pow", "Acos", "Asin")
_LEAST = 2.0**-25  # below it, float16 rounds to zero


def check(run: Stretch) -> Iterator[Judgement]:
    """Give the first update that is spoilt, and if there is none, the first that was left out."""
    guarded: Finding | None = None
    for window in run.windows:
        step, lost = window.step, _find_lost(window)
        if step and not run.is_start and _was_spoilt(step):
            return  # since an earlier stretch, whose finding that is
        spoilt = _spoilt(step) if step else ()
        if step and (spoilt or (lost and not _is_inside(window, lost, step))):
            yield _describe(run, window, lost, spoilt)
            return
        if lost and guarded is None and not step:
            guarded = replace(_describe(run, window, lost, ()), severity="note")
    if guarded is not None:
        yield guarded


def _find_lost(window: Window) -> BackwardRan | None:
    """Return the last backward of a loss that is not finite, if it is the window's last."""
    backwards = window.of(BackwardRan)
    found = [each for each in backwards if each.loss is not None and not isfinite(each.loss)]
    if not found or all(isfinite(b.loss) for b in backwards[-1:] if b.loss is not None):
        return None
    return found[0]


def _is_inside(window: Window, lost: BackwardRan, step: StepTaken) -> bool:
    """Whether a backward is one of a closure's trials, or of other parameters than the step's.

    Where a closure ran once, there was nothing to try: the step went by what it gave.
    """
    began = [each for each in window.of(StepBegan) if each.optimizer == step.optimizer]
    inside = [each for each in window.of(BackwardRan) if began and began[0].index < each.index]
    is_trial = lost in inside and len(inside) > 1
    return is_trial or not set(lost.grads) & set(step.values)


def _spoilt(step: StepTaken) -> tuple[str, ...]:
    """Return what the step made worse: values that were finite, of gradients that are not."""
    return tuple(
        name
        for name, entry in step.values.items()
        if _bad(entry.after) > _bad(entry.before) or (_bad(entry.after) and _bad(_of(step, name)))
    )


def _was_spoilt(step: StepTaken) -> bool:
    return any(_bad(entry.before) for entry in step.values.values())


def _of(step: StepTaken, name: str) -> Reading | None:
    return step.grads.get(name)


def _bad(reading: Reading | None) -> int:
    return reading.nonfinite if reading is not None else 0


def _describe(
    run: Stretch, window: Window, lost: BackwardRan | None, spoilt: tuple[str, ...]
) -> Finding:
    step = window.step
    number = run.update_at(step, step.optimizer) if step else window.number
    backward = lost or next(iter(window.of(BackwardRan)), None)
    graphs = [g for g in window.of(GraphSeen) if backward and g.index < backward.index]
    origin = graphs[-1].first_nonfinite if graphs else ""
    grads = tuple(name for name, grad in step.grads.items() if _bad(grad)) if step else ()
    steep, masked = (graphs[-1].steep, graphs[-1].masked) if graphs else ("", "")
    what, fix = _tell(number, lost, origin, steep, grads, spoilt)
    if masked and grads and lost is None:
        what, fix = _tell_masked(number, masked, grads)
    if _is_lone(run, window) and (not origin or origin.startswith("the input of")):
        fix = "this batch has one row, and std() and var() of one row are NaN: use "
        fix += "unbiased=False, or leave such a batch out (drop_last=True)"
    if spoilt and not grads and lost is None and (eps := _lost_eps(run, step)):
        fix = (
            f"{eps:g}, the optimizer's eps, is 0 in float16: keep the parameters in float32 and "
            "compute under torch.autocast, or pass an eps of 1e-4 or more"
        )
    loss = backward.loss if backward else None
    where = backward.where if backward else ""
    angle = line_at(run, graphs[-1].where, "bare_angles") if graphs else ""
    bare = "bare_angles" if angle else "bare_roots"
    root = line_of(run, graphs[-1], bare) if graphs and grads and lost is None else where
    if masked and grads and lost is None:
        where = _line_behind(run, graphs[-1])
    elif root != where and (not steep or steep.startswith(_ROOTS)):
        where = root
        what, fix = (what, fix) if steep else _tell_root(number, grads, is_angle=bool(angle))
    elif not run.is_start or _is_first(run, origin):
        where = line_in_any(run, "first_nonfinite") or where
    return RULE.found(
        what, fix, number, where, grads or spoilt,
        step.optimizer if step else "",
        **{"loss": loss} if loss is not None else {},
        parameters_not_finite=len(grads or spoilt), **{"first": origin} if origin else {},
    )  # fmt: skip


def _is_first(run: Stretch, origin: str) -> bool:
    """Whether an origin is an operation, and that of the first loss of the run that was lost."""
    told = (graph.first_nonfinite for graph in run.of(GraphSeen) if graph.first_nonfinite)
    return bool(origin) and not origin.startswith("the value of") and next(told, "") == origin


def _tell_masked(number: int, masked: str, grads: tuple[str, ...]) -> tuple[str, str]:
    """Return what a mask hides, and what to do."""
    return (
        f"at update {number} the loss is finite and the gradient of {listed(grads)} is not: "
        f"{masked}, is not finite or has no finite slope where a mask hides it, and backward "
        "multiplies that by zero",
        "put the mask on what goes into the operation, too, as x = torch.where(mask, x, 1), or "
        "compute it of x[mask] only: around its result a mask hides the value, and not the slope",
    )


def _tell_root(number: int, grads: tuple[str, ...], *, is_angle: bool) -> tuple[str, str]:
    """Return what a root or an angle does that was not looked at in this update."""
    if is_angle:
        return (
            f"at update {number} the loss is finite and the gradient of {listed(grads)} is not: an "
            "inverse cosine or sine has no finite slope at 1 and -1, and nothing keeps what goes "
            "in away from there",
            "compute with the cosine itself, as 2 * c**2 - 1 for the cosine of twice the angle, or "
            "clamp to less than 1, as clamp(-1 + 1e-6, 1 - 1e-6): clamp(-1, 1) puts values on 1",
        )
    return (
        f"at update {number} the loss is finite and the gradient of {listed(grads)} is not: this "
        "root has no finite slope at zero, and nothing keeps what goes in away from there",
        "add a small number inside of the root, as sqrt(x + 1e-8), or clamp what goes in: two "
        "equal rows are zero apart, and so is a row paired with itself",
    )


def _line_behind(run: Stretch, graph: GraphSeen) -> str:
    """Return the line of what a mask hides, known from a later graph of the same operation."""
    operation = graph.masked.partition(",")[0]
    alike = (
        each
        for each in run.of(GraphSeen)
        if each.where == graph.where and each.masked.partition(",")[0] == operation
    )
    return next((each.lines["masked"] for each in alike if "masked" in each.lines), graph.where)


def _lost_eps(run: Stretch, step: StepTaken | None) -> float:
    """Return what keeps an optimizer from dividing by zero, where float16 cannot hold it."""
    seen = run.optimizers.get(step.optimizer) if step else None
    is_half = step is not None and any(
        entry.before is not None and entry.before.dtype == "float16"
        for entry in step.values.values()
    )
    found = [group.options.get("eps") for group in seen.groups] if seen and is_half else []
    return next((float(eps) for eps in found if isinstance(eps, float) and 0 < eps < _LEAST), 0.0)


def _is_lone(run: Stretch, window: Window) -> bool:
    """Whether the window's calls are of one row each, and others of the run are of more."""
    rows = {call.rows for call in window.of(ForwardRan)}
    return rows == {1} and any((call.rows or 0) > 1 for call in run.of(ForwardRan))


def _tell(
    number: int,
    lost: BackwardRan | None,
    origin: str,
    steep: str,
    grads: tuple[str, ...],
    spoilt: tuple[str, ...],
) -> tuple[str, str]:
    """Return what is not finite, the first of loss, gradients and values, and what to do."""
    if lost is not None:
        of = f": the first number that is not finite is of {origin}" if origin else ""
        return f"the loss is {lost.loss} at update {number}{of}", _advise(origin)
    if grads and steep:
        return (
            f"at update {number} the loss is finite and the gradient of {listed(grads)} is not: "
            f"{steep}, {steep.partition('Backward')[0].lower()} has no finite slope",
            "keep what goes into this operation away from there, as with clamp(min=1e-6), before "
            "it is computed: torch.where around its result hides the value, and not the slope",
        )
    if grads:
        return (
            f"at update {number} the loss is finite and the gradient of {listed(grads)} is not",
            "look for an operation whose slope is infinite where it is used (sqrt or norm at 0, a "
            "division by 0): add a small number inside of it, or lower the learning rate",
        )
    return (
        f"the step of update {number} made values of {listed(spoilt)} that are not finite of "
        "gradients that are",
        "lower the learning rate, and look at the optimizer's eps",
    )


def _advise(origin: str) -> str:
    """Return what to do about the first operation whose result was not finite."""
    if origin.startswith("the value of"):
        return f"look where {origin.removeprefix('the value of ')} is initialised or loaded"
    return next((advice for fits, advice in _ADVICE if fits(origin)), _ANY)


_ANY = "keep what goes into this operation in range; if values grew before, lower the rate"
_ADVICE: tuple[tuple[Callable[[str], bool], str], ...] = (  # the first that fits
    (
        lambda origin: origin.startswith("the input of") and origin.endswith("of finite inputs"),
        "look in the forward, between the model's inputs and this, at what has no gradient: a "
        "division by a count or a deviation that is zero, the logarithm of zero",
    ),
    (
        lambda origin: origin.startswith("the input of"),
        "look for NaN or infinity in the data that go into the model or the loss",
    ),
    (
        lambda origin: "of log-probabilities" in origin,
        "log_softmax has taken the logarithm already, and the logarithm of what is below zero "
        "is NaN: give softmax's probabilities to what takes their logarithm, as skorch's "
        "NeuralNetClassifier does for NLLLoss, or leave one of the two out",
    ),
    (
        lambda origin: origin.endswith("leaves nothing"),
        "leave each row a place to attend to: mask padding among the keys (the columns) and "
        "not among the queries (the rows), as key_padding_mask does, and no row as a whole",
    ),
    (
        lambda origin: origin.startswith("Exp"),
        "exp of more than 88 is infinite in float32: leave it out of the loss, bound what goes "
        "into it, or compute with the logarithm (logsumexp, log_softmax)",
    ),
    (
        lambda origin: "Log" in origin and "Softmax" not in origin,
        "keep what goes into the logarithm above zero, or use a loss that takes logits",
    ),
)

RULE = Rule("BT501", "not-finite", "error", check, __doc__)
