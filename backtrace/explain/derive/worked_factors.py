"""Quantities that a rule works out, as numbers beside a link."""

from __future__ import annotations

from collections.abc import Mapping

from backtrace.explain.derive.parts import Factor
from backtrace.explain.derive.tensor_numbers import to_numbers
from backtrace.explain.working.worked import Worked


def name_worked(worked: Worked, names: Mapping[str, str]) -> Factor:
    """Return a quantity under the names that the derivation has for input, output and gradient."""
    symbol, formula = worked.symbol.format(**names), worked.formula.format(**names)
    return Factor(f"{symbol} = {formula}" if formula else symbol, "", to_numbers(worked.value))
