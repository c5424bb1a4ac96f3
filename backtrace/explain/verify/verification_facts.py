"""Gradients by hand, by autograd and by finite differences, compared. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backtrace.explain.chain.not_derived import NotDerived

Verdict = Literal["agree", "two agree", "disagree", "not checked"]


@dataclass(frozen=True, slots=True)
class GradientDifference:
    """How far two computations are apart: magnitudes, never below 0.

    `relative` is the largest absolute difference over the largest magnitude of the gradient; None
    where that is zero but for rounding, and the difference was held against rounding alone.
    """

    absolute: float
    relative: float | None
    is_close: bool


@dataclass(frozen=True, slots=True)
class Check:
    """One gradient: a parameter's, the input's, or that of the input of one layer.

    Args:
        rule: the backward rule that derived it, or nothing.
        by_hand: autograd against the derivation by hand; None where there was none.
        finite: autograd against finite differences on `sampled` entries; None where none were
            taken. `kinks` of those are at a kink, where there is no derivative to compare.
        reason: what a missing computation, a disagreement or a kink is about.
    """

    name: str
    kind: Literal["parameter", "input", "inner"]
    rule: str
    shape: tuple[int, ...]
    by_hand: GradientDifference | None
    finite: GradientDifference | None
    sampled: int
    kinks: int
    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """Linear's gradients written as broadcast products, and what that costs in bytes.

    `difference` is the distance from the matrix products; None where `reason` refused to build it.
    """

    layer: str
    shape: tuple[int, ...]
    bytes_float32: int
    bytes_matrix: int
    difference: GradientDifference | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """All that was compared of one batch.

    Args:
        rules: the formula of each rule that was used, by the rule's name.
        whole: whether the chain was derived from the loss back to the input; otherwise each layer
            was derived from autograd's gradient at its output.
        step: h of the finite differences, for entries of magnitude up to 1.
        update: of a running program, whose numbers these are, without finite differences; None
            for the first batch of a config, in float64.
    """

    target: str
    loss: float
    whole: bool
    checks: tuple[Check, ...]
    forms: tuple[Form, ...]
    missing: tuple[NotDerived, ...]
    rules: dict[str, str]
    notes: tuple[str, ...]
    samples: int
    step: float
    seed: int
    update: int | None = None

    @property
    def agrees(self) -> bool:
        """Whether no two computations disagree."""
        return all(check.verdict != "disagree" for check in self.checks) and all(
            form.difference is None or form.difference.is_close for form in self.forms
        )
