"""Three independent computations of each gradient of a config's first batch, compared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from backtrace.errors import UsageError
from backtrace.explain.chain.captured_calls import CapturedCall
from backtrace.explain.chain.chain_rule import find_layers
from backtrace.explain.verify.checks import ZERO, make_check, measure
from backtrace.explain.verify.collect import Collected, collect
from backtrace.explain.verify.finite_differences import (
    STEP,
    FiniteDifferences,
    choose_entries,
    compare_numbers,
)
from backtrace.explain.verify.float64_copy import Float64Copy
from backtrace.explain.verify.forms import compare_forms
from backtrace.explain.verify.local import run_alone
from backtrace.explain.verify.verification_facts import Check, GradientDifference, Verification
from backtrace.ledger.name_globs import describe_unmatched, is_chosen
from backtrace.train.training import Training

INPUT, OUTPUT = "input", "output"


def verify(
    training: Training, *, target: str = "", params: Sequence[str] = (), samples: int = 16
) -> Verification:
    """Hold the gradients of a training's first batch against each other, on a float64 copy.

    Args:
        params: globs over parameter names and `input`; everything when empty.
        samples: how many entries of each tensor finite differences are taken of, at most.

    Raises:
        UsageError: a glob fits no name, the model cannot be copied, or has no gradients.
        ConfigError, DataError: the forward, the loss or the data fail.
    """
    subject = Float64Copy(training)
    _refuse_strangers(subject, params)
    seed = training.loop.seed
    with subject.session():
        collected = collect(subject)
        with torch.no_grad():
            forms = [compare_forms(*step, collected.floor) for step in collected.derived.steps]
        found = [name for name in subject.parameters if is_chosen(name, params)]
        checks = [_parameter_check(collected, name, samples, seed) for name in found]
        if subject.input.is_floating_point() and is_chosen(INPUT, params):
            checks.append(_input_check(collected, samples, seed))
        if not collected.is_chain:
            inner = _inner_checks(collected)
            checks += [check for check in inner if is_chosen(check.name, params)]
        notes = [*_conditions(training, collected), *_remarks(collected)]
    used = [*collected.loss_calls, *(call for call, _, _ in collected.derived.steps)]
    return Verification(
        target=target,
        loss=collected.loss,
        whole=collected.is_chain,
        checks=tuple(checks),
        forms=tuple(form for form in reversed(forms) if form is not None),
        missing=tuple(reversed(collected.derived.missing)),
        rules={call.rule.name: call.rule.formula for call in used if call.rule},
        notes=tuple(notes),
        samples=samples,
        step=STEP,
        seed=seed,
    )


def _refuse_strangers(subject: Float64Copy, params: Sequence[str]) -> None:
    names = [*subject.parameters]
    if subject.input.is_floating_point():
        names.append(INPUT)
    if find_layers(subject.model) is None:
        names += [OUTPUT, *(f"{name}.input" for name, _ in subject.model.named_modules())]
    if unmatched := describe_unmatched(params, names):
        raise UsageError(unmatched)


def _parameter_check(collected: Collected, name: str, samples: int, seed: int) -> Check:
    parameter = collected.subject.parameters[name]
    rule, by_hand, reasons = "", None, []
    numbers = None
    if not parameter.requires_grad:
        reasons = ["frozen: its requires_grad is False"]
    else:
        found = collected.grad_of(name)
        grad = torch.zeros_like(parameter) if found is None else found
        rule, by_hand, reasons = _by_hand(collected, parameter, grad.detach())
        if found is None:
            reasons.append("autograd gives None: it is on no path to the loss")
        excluded, why = _conventions(collected, parameter)
        numbers, more = _by_numbers(collected, parameter, grad, samples, seed, excluded)
        reasons += [*more, why]
    return make_check(
        name, "parameter", rule, parameter.shape, by_hand, numbers, reasons,
        is_chain=collected.is_chain,
    )  # fmt: skip


def _input_check(collected: Collected, samples: int, seed: int) -> Check:
    x = collected.subject.input
    grad = torch.zeros_like(x) if collected.input_grad is None else collected.input_grad
    by_hand, reasons, rule = None, [], ""
    if collected.is_chain and collected.derived.input is not None:
        by_hand = measure(collected.derived.input, grad, collected.floor)
        rule = _rule_name(collected.derived.steps[-1][0])
    elif collected.is_chain:
        reasons.append("by hand: the first layer was not derived")
    else:
        reasons.append("by hand: each layer was derived on its own, not the way between them")
    if collected.input_grad is None:
        reasons.append("autograd gives None: it is on no path to the loss")
    numbers, more = _by_numbers(collected, x, grad, samples, seed)
    return make_check(INPUT, "input", rule, x.shape, by_hand, numbers, reasons + more)


def _inner_checks(collected: Collected) -> Iterator[Check]:
    """Yield the gradients at the model's output, and at the input of every call of a layer.

    Autograd's at an input is of that call alone: what else is done with the same tensor is not it.
    """
    losses = " + ".join(call.rule.name for call in collected.loss_calls if call.rule)
    for at, (by_hand, grad) in enumerate(collected.at_output):
        apart = measure(by_hand, grad, collected.floor)
        name = f"{OUTPUT} #{at + 1}" if at else OUTPUT
        yield make_check(name, "inner", losses, grad.shape, apart, None, [])
    times: dict[str, int] = {}
    for call, grads, given in reversed(collected.derived.steps):
        expected, _ = run_alone(call, grads)
        pairs = [
            measure(one, torch.zeros_like(one) if other is None else other, collected.floor)
            for one, other in zip(given.inputs, expected, strict=False)
            if one is not None
        ]
        times[call.name] = times.get(call.name, 0) + 1
        count = f" #{times[call.name]}" if times[call.name] > 1 else ""
        if pairs:
            worst = max(pairs, key=lambda difference: difference.absolute)
            shape, rule = call.inputs[0].shape, _rule_name(call)
            yield make_check(f"{call.name}.input{count}", "inner", rule, shape, worst, None, [])


def _by_hand(
    collected: Collected, parameter: Tensor, grad: Tensor
) -> tuple[str, GradientDifference | None, list[str]]:
    """Return the rule, how far its gradient is from autograd's, and what needs to be said."""
    key, derived = id(parameter), collected.derived
    if key in derived.skipped:
        return "", None, [f"not derived by hand: {derived.skipped[key]}"]
    if key not in derived.parameters:
        return "", None, [f"not derived by hand: {_stranger(collected, parameter)}"]
    steps = [
        (call, grads)
        for call, grads, _ in derived.steps
        if any(each is parameter for each in call.module.parameters())
    ]
    rule = _rule_name(steps[0][0])
    difference = measure(derived.parameters[key], grad, collected.floor)
    if difference.is_close or collected.is_chain:
        return rule, difference, []
    share = torch.zeros_like(grad)
    for call, grads in steps:
        _, named = run_alone(call, grads)
        own = dict(call.module.named_parameters())
        share = share + sum(g for name, g in named.items() if own[name] is parameter)
    alone = measure(derived.parameters[key], share, collected.floor)
    if not alone.is_close:
        return rule, difference, []
    return rule, alone, ["it is used outside of its layer too: by hand is the layer's share"]


def _rule_name(call: CapturedCall) -> str:
    return call.rule.name if call.rule else ""


def _stranger(collected: Collected, parameter: Tensor) -> str:
    for module in collected.subject.model.modules():
        if any(each is parameter for each in module._parameters.values()):
            if any(True for _ in module.children()):
                return f"it belongs to {type(module).__name__} itself, which has no rule"
            return f"no call of its {type(module).__name__} reached the loss by a rule"
    return "it belongs to no layer"


def _by_numbers(
    collected: Collected, tensor: Tensor, grad: Tensor, samples: int, seed: int,
    excluded: Tensor | None = None,
) -> tuple[FiniteDifferences | None, list[str]]:  # fmt: skip
    if collected.repeats:
        return None, ["no finite differences: the forward does not repeat"]
    if not grad.numel() or (excluded is not None and bool(excluded.all())):
        return None, []
    subject, more = collected.subject, []
    if 0 < grad.abs().max() <= collected.floor:
        grad, more = torch.zeros_like(grad), [ZERO]
    entries = choose_entries(grad, samples, seed, excluded)
    elsewhere = partial(subject.moved, tensor, seed)
    return compare_numbers(subject.loss, tensor.detach(), grad, entries, elsewhere), more


def _conventions(collected: Collected, parameter: Tensor) -> tuple[Tensor | None, str]:
    """Return where torch's gradient is by convention not the derivative, and why."""
    for module in collected.subject.model.modules():
        if not isinstance(module, nn.Embedding) or module.weight is not parameter:
            continue
        if module.scale_grad_by_freq:
            why = "no finite differences: scale_grad_by_freq divides the derivative"
            return torch.ones_like(parameter, dtype=torch.bool), why
        if module.padding_idx is not None:
            mask = torch.zeros_like(parameter, dtype=torch.bool)
            mask[module.padding_idx] = True
            return mask, f"row {module.padding_idx} (padding_idx) has no gradient by convention"
    return None, ""


def _conditions(training: Training, collected: Collected) -> Iterator[str]:
    if not collected.is_chain:
        name = type(collected.subject.model).__name__
        yield (
            f"{name} has a forward of its own: each layer that was called is derived from "
            "autograd's gradient at its output, and what lies between layers is not"
        )
    if not collected.subject.input.is_floating_point():
        yield "the input holds integers: it has no gradient"
    if training.loop.accumulate > 1 and training.loop.average:
        yield "the loss of one micro-batch; the loop divides each by how many make an update"
    if collected.repeats:
        yield f"no finite differences: {collected.repeats}"
    if training.synthetic:
        yield training.synthetic


def _remarks(collected: Collected) -> Iterator[str]:
    """Yield where the forward touched a kink or a tie, and what torch takes there."""
    steps = [call for call, _, _ in reversed(collected.derived.steps)]
    for call in [*steps, *collected.loss_calls]:
        said = call.rule.remark(call.module, call.inputs, call.outputs) if call.rule else ""
        if said:
            yield f"{call.name} ({type(call.module).__name__}): {said}"
