"""Puts the user's own names for optimizers into findings: `self.opt` for `optimizer[0]`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from backtrace.diagnose.rule import Finding
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepBegan


def read_names(pieces: Iterable[Stretch]) -> dict[str, str]:
    """Return what the user calls each optimizer: the last that was written of it."""
    found: dict[str, str] = {}
    for piece in pieces:
        for event in piece.of(StepBegan):
            found[event.optimizer] = event.written
    return {name: written for name, written in found.items() if written}


def rename(finding: Finding, names: Mapping[str, str]) -> Finding:
    """Return the finding in the user's names; `optimizer` and `parameters` stay as they are."""
    if not names:
        return finding
    pattern = re.compile("|".join(rf"(?<![\w.]){re.escape(name)}(?![\w\[])" for name in names))

    def tell(text: str) -> str:
        return pattern.sub(lambda match: names[match[0]], text)

    return replace(finding, message=tell(finding.message), fix=tell(finding.fix))
