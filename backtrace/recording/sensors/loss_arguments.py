"""What a loss function was called on: shapes always, values of a few calls, in one read each."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeGuard

import torch
from torch import Tensor
from torch.nn import functional

from backtrace.as_data import is_on, text_of
from backtrace.explain.graph.no_values import has_no_values
from backtrace.ledger.loss_facts import Likeness
from backtrace.ledger.quick_init import quick_init
from backtrace.recording.kernels.class_runs import find_runs
from backtrace.recording.kernels.class_scores import (
    CLASSES,
    are_rows_unlike,
    count_tied,
    scores_itself,
    share_left_out,
    share_off_one,
)
from backtrace.recording.kernels.class_weights import count_targets
from backtrace.recording.kernels.ctc_targets import count_blanks
from backtrace.recording.kernels.dense_classes import find_few_classes
from backtrace.recording.kernels.kernel import Kernel, Slot
from backtrace.recording.kernels.loss_values import (
    BINARY,
    InputRange,
    LossValues,
    read_lone_weight,
    read_loss_values,
)
from backtrace.recording.sensors.embedded_ids import EmbeddedIds, IdsInTarget
from backtrace.recording.sensors.graph.autograd_nodes import name_of
from backtrace.recording.tensors.is_tensor import is_tensor

_LEAF = "AccumulateGrad"  # nothing made it, and it has a gradient of its own
_PASSED_ON = (  # operations that hand on what they were given, perhaps in another shape or type
    "Alias", "AsStrided", "Clamp", "Clone", "Expand", "Flatten", "Index", "Narrow", "Permute",
    "Reshape", "Select", "Slice", "Squeeze", "T", "ToCopy", "Transpose", "UnsafeView", "Unsqueeze",
    "View",
)  # fmt: skip
_SQUASHING = ("SigmoidBack", "LogSoftmaxBack", "LogSigmoidBack")


@quick_init
@dataclass(frozen=True, slots=True)
class LossReading:
    """A loss call whose numbers are not here yet."""

    facts: Mapping[str, Any]
    values: LossValues
    tolerance: float
    arguments: tuple[Slot, Slot]  # of the input and the target

    def finish(self) -> dict[str, Any]:
        """Return all facts of a LossCalled; the kernel must have settled."""
        numbers = self.values.sort()
        facts = {**self.facts, "value": numbers.value, "target": numbers.target}
        facts["output"], facts["expected"] = (slot.reading for slot in self.arguments)
        if numbers.target_range is not None:
            facts["target_min"], facts["target_max"] = numbers.target_range
        if numbers.input_range is not None:
            facts["input_is"] = self._judge(numbers.input_range)
        return facts

    def _judge(self, found: InputRange) -> Likeness:
        made_by, slack = self.facts["input_from"], self.tolerance
        if self.facts["function"] in BINARY:
            if made_by.startswith("Sigmoid") and found.low >= 0 and found.high <= 1:
                return "probabilities"
            is_log = made_by.startswith("LogSigmoid") and found.high <= 0
            return "log-probabilities" if is_log else "neither"
        if -slack <= found.low and found.high <= 1 + slack and found.off <= slack:
            return "probabilities"
        is_log = found.high <= slack and found.log_off <= slack
        return "log-probabilities" if is_log else "neither"


def read_loss(
    kernel: Kernel,
    function: str,
    args: tuple[object, ...],
    kwargs: Mapping[str, object],
    result: object,
    ids: EmbeddedIds,
    *,
    is_judged: bool,
    is_counted: bool,
) -> LossReading | None:
    """Start reading a call; None where there is no input and target to be read.

    `is_judged` says whether the values of the input and the range of the target are looked at,
    `is_counted` whether the classes of a target are counted, and in which order they stand.
    """
    given = bind_arguments(function)(*args, **kwargs)
    source = given.get("input", given.get("log_probs", given.get("input1")))
    target = given.get("target", given.get("targets"))
    if not (is_readable(source) and is_readable(target)):
        return None
    loss, found = _read_value(result), ids.compare(function, given)
    facts = _describe(function, given, source, target, found)
    if ids.series.calls:
        facts["read_ahead"] = ids.series.find_read_ahead(function, source, target)
    if target.requires_grad and not source.requires_grad:
        facts["target_from"], _ = _makers_of(target)
        facts["is_varied"] = is_judged and are_rows_unlike(source)
    if is_counted:
        facts.update(count_targets(function, given, source, target))
        facts["runs"] = find_runs(function, target)
    if is_judged:
        facts.update(_read_judged(function, given, source, target))
    if is_judged and function in CLASSES:
        maker = source.grad_fn
        if not ids.are_any and maker is not None and name_of(maker) == facts["input_from"]:
            facts["left_out"] = share_left_out(given, source, target)
    return LossReading(
        facts=facts,
        values=read_loss_values(kernel, function, source, target, loss, is_judged=is_judged),
        tolerance=1e-3 if source.element_size() >= 4 else 2e-2,
        arguments=_read_arguments(kernel, source, target),
    )


def _read_judged(
    function: str, given: Mapping[str, Any], source: Tensor, target: Tensor
) -> dict[str, Any]:
    """Return what is read of the values in a few calls alone."""
    facts: dict[str, Any] = {"few_classes": find_few_classes(function, given, source, target)}
    if function == "ctc_loss":
        lengths, blank = given.get("target_lengths"), given.get("blank", 0)
        facts["blanks"] = count_blanks(target, lengths, blank)
    if function in BINARY:
        facts["lone_weight"] = read_lone_weight(given.get("weight"), source)
    if function in CLASSES:
        facts["scores_itself"] = scores_itself(source, target)
        facts["tied"] = count_tied(source, target)
        facts["ignored"] = _read_ignored(given)
        facts["off_one"] = share_off_one(target) if function == "cross_entropy" else 0.0
    return facts


def _read_ignored(given: Mapping[str, Any]) -> int | None:
    ignored = given.get("ignore_index")
    return ignored if type(ignored) is int else None


def _read_arguments(kernel: Kernel, source: Tensor, target: Tensor) -> tuple[Slot, Slot]:
    output, expected = kernel.read([source, target])
    return output, expected


def _describe(
    function: str,
    given: Mapping[str, Any],
    source: Tensor,
    target: Tensor,
    found: IdsInTarget,
) -> dict[str, Any]:
    maker, squashed = _makers_of(source)
    return {
        "function": function,
        "reduction": text_of(given.get("reduction", "mean")),
        "input_shape": tuple(source.shape),
        "target_shape": tuple(target.shape),
        "target_dtype": str(target.dtype).removeprefix("torch."),
        "input_from": maker,
        "squashed_from": squashed,
        "padding": found.padding,
        "pad": found.pad,
        "is_next": found.places == 1,
        "is_after_next": found.places == 2,
        "is_same": found.is_same,
        "has_source": found.has_source,
        "by_places": found.by_places,
        "ids": found.shape,
        "along": found.along,
        "unscored_end": found.unscored_end,
        "start_twice": found.start_twice,
        "log_target": function == "kl_div" and is_on(given.get("log_target")),
        "log_input": function == "poisson_nll_loss" and is_on(given.get("log_input", True)),
    }


@lru_cache(maxsize=64)
def bind_arguments(function: str) -> Callable[..., Mapping[str, Any]]:
    """Return what gives the arguments of a call of torch's function by their names."""
    signature = inspect.signature(getattr(functional, function))
    names = tuple(signature.parameters)

    def bind(*args: object, **kwargs: object) -> Mapping[str, Any]:
        return {**dict(zip(names, args, strict=False)), **kwargs}

    return bind


def is_readable(thing: object) -> TypeGuard[Tensor]:
    """Whether a thing is a tensor of plain numbers, and no wrapper of `torch.func`."""
    if not is_tensor(thing) or torch._C._functorch.is_functorch_wrapped_tensor(thing):
        return False
    return thing.layout is torch.strided and not thing.is_complex() and not has_no_values(thing)


def _read_value(result: object) -> Tensor | None:
    """Return the loss in one dimension; None where it is not one number."""
    return result.detach().reshape(1) if is_readable(result) and result.numel() == 1 else None


def _makers_of(tensor: Tensor) -> tuple[str, str]:
    """Return the operation that made a tensor's values, and of a squashing one what made its own.

    Mere changes of shape are passed over.
    """
    name, node = _walk_to_maker(tensor.grad_fn)
    if node is None:
        return (_LEAF if tensor.requires_grad else ""), ""
    if not name.startswith(_SQUASHING):
        return name, ""
    return name, _walk_to_maker(node.next_functions[0][0])[0]


def _walk_to_maker(node: Any) -> tuple[str, Any]:
    while node is not None:
        name = name_of(node)
        plain = name.rstrip("0123456789").removesuffix("Backward")
        following = [each for each, _ in node.next_functions if each is not None]
        if plain not in _PASSED_ON or len(following) != 1:
            return name, node
        node = following[0]
    return "", None
