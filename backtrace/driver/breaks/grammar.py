"""Reads WHEN of `--break WHEN`: a small grammar of its own, and never Python.

WHEN      update=N | finding | finding=RULE | not-finite | changed_outside_step(GLOB)
          | QUANTITY SIGN BOUND
QUANTITY  loss | lr | grad_norm | value_norm | change_norm, the last three also with (GLOB)
SIGN      > | >= | < | <= | ==
BOUND     NUMBER | mean(N) | NUMBER*mean(N)
"""

from __future__ import annotations

import re

from backtrace.config.words import nearest
from backtrace.driver.breaks.condition import Condition
from backtrace.driver.breaks.conditions import AtFinding, AtNotFinite, AtUpdate, ChangedOutsideStep
from backtrace.driver.breaks.quantity import OF_ALL, QUANTITIES, Bound, Quantity
from backtrace.errors import UsageError

_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_COMPARED = re.compile(
    r"(?P<what>\w+)\s*(?:\((?P<glob>[^()]*)\))?\s*(?P<sign>[<>=]=?)(?P<bound>.+)"
)
_CALLED = re.compile(r"changed_outside_step\s*\((?P<glob>[^()]+)\)")
_BOUND = re.compile(
    rf"(?:(?P<factor>{_NUMBER})\s*(?P<times>\*)?)?\s*(?:mean\s*\(\s*(?P<mean>\d+)\s*\))?"
)
_WORDS = ("update", "finding", "not-finite", "changed_outside_step", *QUANTITIES)


def parse_when(text: str) -> Condition:
    """Return the condition that a text names.

    Raises:
        UsageError: it names none.
    """
    text = text.strip()
    word, equals, value = (part.strip() for part in text.partition("="))
    if word == "update" and equals:
        if not value.isdecimal() or not int(value):
            raise _mistake(text, f"{value!r} is not a number from 1, as in update=12")
        return AtUpdate(text, int(value))
    if word == "finding" and (not equals or value):
        return AtFinding(text, value)
    if text == "not-finite":
        return AtNotFinite(text)
    if called := _CALLED.fullmatch(text):
        return ChangedOutsideStep(text, called["glob"].strip())
    if compared := _COMPARED.fullmatch(text):
        return _read_comparison(text, compared)
    near = nearest(re.split(r"[\s(=<>]", text)[0], list(_WORDS))
    raise _mistake(text, f"did you mean {near}?" if near else "")


def _read_comparison(text: str, found: re.Match[str]) -> Quantity:
    what, glob = found["what"], (found["glob"] or "").strip()
    if what not in QUANTITIES:
        near = nearest(what, list(_WORDS))
        raise _mistake(text, f"did you mean {near}?" if near else f"there is no {what}")
    if found["glob"] is not None and (what in OF_ALL or not glob):
        raise _mistake(text, f"{what} is of no tensor" if what in OF_ALL else "name a tensor")
    bound = _BOUND.fullmatch(found["bound"].strip())
    factor, times, mean = (bound["factor"], bound["times"], bound["mean"]) if bound else [None] * 3
    if (factor is None and mean is None) or bool(times) is not bool(factor and mean):
        raise _mistake(text, f"{found['bound'].strip()!r} is not a number or a multiple of mean(N)")
    if mean is not None and not int(mean):
        raise _mistake(text, "mean(N) is of the last N numbers, from 1")
    sign = "==" if found["sign"] == "=" else found["sign"]
    return Quantity(text, what, glob, sign, Bound(float(factor or 1), int(mean or 0)))


def _mistake(text: str, hint: str) -> UsageError:
    forms = (
        "write update=12, finding, finding=BT501, not-finite, 'grad_norm(fc.weight) > 10', "
        "'changed_outside_step(*.bias)' or 'loss > 2*mean(10)'"
    )
    return UsageError(f"--break {text}: {hint or 'that is no condition'}\n    {forms}")
