"""Puts the user's own names into findings: `self.opt` for `optimizer[0]`, `net` for `model`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from backtrace.diagnose.rule import Finding
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.events import StepBegan

_MODEL = "model"  # what the one model of a run is called
# Where that is a name and no word: `model.train()`, "model is trained …", "0.norm of model is …".
_AS_NAME = r"(?<![\w.])model(?=\.\w+\()|(?:^|(?<=\bof ))model(?= (?:is|was) )"


def read_names(pieces: Iterable[Stretch]) -> dict[str, str]:
    """Return what the user calls each optimizer, and the one model: the last that was written."""
    found: dict[str, str] = {}
    for piece in pieces:
        for event in piece.of(StepBegan):
            found[event.optimizer] = event.written
        for model in piece.callees.values():
            if model.module == _MODEL:
                found[_MODEL] = model.written
            elif model.module.startswith(f"{_MODEL}.") and model.written:
                found[model.module] = model.written + model.module.removeprefix(_MODEL)
    return {name: written for name, written in found.items() if written}


def rename(finding: Finding, names: Mapping[str, str]) -> Finding:
    """Return the finding in the user's names; `optimizer` and `parameters` stay as they are."""
    if not names:
        return finding
    pattern = "|".join(
        _AS_NAME if name == _MODEL else rf"(?<![\w.]){re.escape(name)}(?![\w\[])" for name in names
    )

    def tell(text: str) -> str:
        return re.sub(pattern, lambda match: names[match[0]], text)

    return replace(finding, message=tell(finding.message), fix=tell(finding.fix))
