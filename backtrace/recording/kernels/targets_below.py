"""Whether what a loss compares is to go below zero."""

from __future__ import annotations

from torch import Tensor

_MUCH = 0.25  # of all that targets come to, whatever their sign
_FEW = 4  # targets that are not zero


def go_below_zero(targets: Tensor) -> bool:
    """Whether a good part of real targets is below zero; those that are zero may be masked."""
    if not targets.is_floating_point() or int((targets != 0).sum()) < _FEW:
        return False
    below = targets.clamp(max=0).abs().sum()
    return bool(below > _MUCH * targets.abs().sum())


def read_target(answers: Tensor, weights: list[Tensor], missed: Tensor) -> Tensor | None:
    """Return what was taken from answers, times some weights, to give what they miss it by."""
    for weight in weights:
        if weight.device != answers.device:
            return None
        answers = answers * weight
    return answers.detach() - missed if answers.shape == missed.shape else None
