"""Losses worked out: probabilities, wanted probabilities, and what a mean divides by."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from backtrace.explain.rules.losses_class import by_class, class_dim, class_hits
from backtrace.explain.working.worked import GivenCall, LossWorking, LossWorkings, Worked


def cross_entropy(module: nn.CrossEntropyLoss, call: GivenCall) -> LossWorking:
    """Work out a cross-entropy: p by softmax, q by the target, weights and smoothing."""
    z, target = call.inputs[:2]
    dim = class_dim(z)
    steps = [Worked("p", "softmax({x})", z.softmax(dim))]
    smoothing, classes = module.label_smoothing, z.shape[dim]
    weight, letter = by_class(module.weight, z), ""
    if module.weight is not None:
        steps.append(Worked("w", "the class weights", module.weight))
        letter = "w"
    keep, share = f"(1 − {smoothing:g})", f"{smoothing:g}/{classes}"
    if target.is_floating_point():
        wanted = weight * ((1 - smoothing) * target + smoothing / classes)
        text = f"{keep}·{{y}} + {share}" if smoothing else "{y}"
        if letter:
            text = f"w·({text})" if smoothing else "w·{y}"
        divisor, count = torch.tensor(float(z.numel() // classes)), "the rows"
        counts = torch.zeros(())  # Σq need not be 1
    else:
        hits, counts = class_hits(target, z, module.ignore_index)
        own = (hits * weight).sum(dim, keepdim=True)
        wanted = (1 - smoothing) * own * hits + smoothing / classes * weight * counts
        at = "w[{y}] at the class {y}" if letter else "1 at the class {y}"
        text = f"{at}, else 0"
        if smoothing:
            first, last = ("w[{y}]·", "·w") if letter else ("", "")
            text = f"{keep}·{first}[class is {{y}}] + {share}{last}"
        divisor, count = own.sum(), "Σ w[{y}]" if letter else "the rows"
    steps.append(Worked("q", text, wanted))
    is_one = not letter and bool(counts.all())
    return _reduced(
        module, steps, "−Σ q·log p", "p − q" if is_one else "p·Σq − q", (count, divisor)
    )


def nll(module: nn.NLLLoss, call: GivenCall) -> LossWorking:
    """Work out a negative log-likelihood."""
    x, target = call.inputs[:2]
    hits, _ = class_hits(target, x, module.ignore_index)
    if module.weight is None:
        rows = ("the rows", hits.sum())
        return _reduced(module, [], "−Σ {x} at the class {y}", "−1 at the class {y}, else 0", rows)
    steps = [Worked("w", "the class weights", module.weight)]
    total = ("Σ w[{y}]", (hits * by_class(module.weight, x)).sum())
    value, slope = "−Σ w[{y}]·{x} at the class {y}", "−w[{y}] at the class {y}, else 0"
    return _reduced(module, steps, value, slope, total)


def bce(module: nn.BCELoss, call: GivenCall) -> LossWorking:
    """Work out a binary cross-entropy of probabilities."""
    steps, letter = _weight(module)
    value = f"−Σ {letter}({{y}}·log {{x}} + (1 − {{y}})·log(1 − {{x}}))"
    slope = f"{letter}({{x}} − {{y}})/({{x}}·(1 − {{x}}))"
    return _reduced(module, steps, value, slope, _elements(call))


def bce_with_logits(module: nn.BCEWithLogitsLoss, call: GivenCall) -> LossWorking:
    """Work out a binary cross-entropy of logits, with the weight of what is positive."""
    steps, letter = _weight(module)
    steps.append(Worked("σ", "1/(1 + exp(−{x}))", call.inputs[0].sigmoid()))
    positive, slope = "", "σ − {y}"
    if module.pos_weight is not None:
        steps.append(Worked("pos", "pos_weight", module.pos_weight))
        positive, slope = "pos·", "(1 − {y})·σ − pos·{y}·(1 − σ)"
    value = f"−Σ {letter}({positive}{{y}}·log σ + (1 − {{y}})·log(1 − σ))"
    slope = f"{letter}({slope})" if letter else slope
    return _reduced(module, steps, value, slope, _elements(call))


def smooth_l1(module: nn.SmoothL1Loss, call: GivenCall) -> LossWorking:
    """Work out a smooth L1."""
    b = f"{module.beta:g}"
    value = f"Σ (d²/(2·{b}) where |d| < {b}, else |d| − {b}/2)"
    slope = f"d/{b}, kept within ±1"
    return _reduced(module, _gap(call), value, slope, _elements(call))


def huber(module: nn.HuberLoss, call: GivenCall) -> LossWorking:
    """Work out a Huber loss."""
    b = f"{module.delta:g}"
    value = f"Σ (d²/2 where |d| ≤ {b}, else {b}·(|d| − {b}/2))"
    return _reduced(module, _gap(call), value, f"d, kept within ±{b}", _elements(call))


def kl_div(module: nn.KLDivLoss, call: GivenCall) -> LossWorking:
    """Work out a divergence; under batchmean n counts rows."""
    y = "exp({y})" if module.log_target else "{y}"
    log = "{y}" if module.log_target else "log {y}"
    rows = ("the rows", torch.tensor(float(len(call.inputs[0]))))
    size = rows if module.reduction == "batchmean" else _elements(call)
    return _reduced(module, [], f"Σ {y}·({log} − {{x}})", f"−{y}", size)


def _weight(module: nn.BCELoss | nn.BCEWithLogitsLoss) -> tuple[list[Worked], str]:
    if module.weight is None:
        return [], ""
    return [Worked("w", "the elements' weights", module.weight)], "w·"


def _gap(call: GivenCall) -> list[Worked]:
    return [Worked("d", "{x} − {y}", call.inputs[0] - call.inputs[1])]


def _elements(call: GivenCall) -> tuple[str, Tensor]:
    size = torch.broadcast_shapes(*(each.shape for each in call.inputs[:2]))  # type: ignore[no-untyped-call]
    return "the elements", torch.tensor(float(size.numel()))


def _reduced(
    module: nn.Module, steps: list[Worked], value: str, slope: str, size: tuple[str, Tensor]
) -> LossWorking:
    """Return the working with what the reduction divides by, which a sum does not."""
    if module.reduction in ("sum", "none"):
        return LossWorking(tuple(steps), value, slope)
    count, number = size
    sign, plain = ("−", value[1:]) if value.startswith("−") else ("", value)
    steps.append(Worked("n", count, number.double().reshape(())))
    bracketed = slope if slope.startswith("−") and " " not in slope else f"({slope})"
    return LossWorking(tuple(steps), f"{sign}1/n {plain}", f"{bracketed}/n")


LOSSES: LossWorkings = {
    nn.CrossEntropyLoss: cross_entropy,
    nn.NLLLoss: nll,
    nn.BCELoss: bce,
    nn.BCEWithLogitsLoss: bce_with_logits,
    nn.SmoothL1Loss: smooth_l1,
    nn.HuberLoss: huber,
    nn.KLDivLoss: kl_div,
}
