"""By what a clipping of gradients went, in words."""

from __future__ import annotations

from backtrace.explain.derive.parts import RescaledGradient
from backtrace.language import localized
from backtrace.show.content.cells import number


def clipping_words(clipping: RescaledGradient) -> str:
    """Return by what a clipping went: its limit, and the norm that it found."""
    if clipping.limit is None:
        return ""
    if clipping.call == "clip_grad_value_":
        return localized(f", each element kept within ±{number(clipping.limit)}")
    if clipping.norm is None:
        return localized(f", limit {number(clipping.limit)}")
    how = "no more than" if clipping.norm <= clipping.limit else "more than"
    norm, limit = number(clipping.norm), number(clipping.limit)
    ratio = f", so × {limit}/{norm}" if clipping.norm > clipping.limit else ""
    return localized(f", the norm of all gradients {norm} is {how} the limit {limit}{ratio}")
