"""Findings of a config's run, with the place of the key that they are about.

The loop that a config runs is ours: whoever wrote the config cannot change a line of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from backtrace.ledger.trace import Header

if TYPE_CHECKING:
    from backtrace.diagnose.diagnose import Diagnosis
    from backtrace.diagnose.rule import Finding

_LOOP = "loop.py:"
# By the beginning of a rule's code, the longest first: the key, and what to write there.
_KEYS: Mapping[str, tuple[str, str]] = {
    "BT101": ("loop.zero_grad", "write `loop.zero_grad: true`"),
    "BT107": ("clip", ""),
    "BT108": ("loop.average", "write `loop.average: true`"),
    "BT109": ("loop.accumulate", ""),
    "BT110": ("loop.accumulate", ""),
    "BT112": ("clip", ""),
    "BT20": ("model", ""),
    "BT21": ("model", ""),
    "BT30": ("model", ""),
    "BT401": ("loss", ""),
    "BT402": ("model", ""),
    "BT403": ("model", ""),
    "BT404": ("model", ""),
    "BT405": ("data", ""),
    "BT406": ("data", ""),
    "BT407": ("loss", ""),
    "BT408": ("loss", ""),
    "BT409": ("data", ""),
    "BT41": ("model", ""),
    "BT501": ("model", ""),
    "BT502": ("optimizer", ""),
    "BT503": ("model", ""),
    "BT504": ("model", ""),
    "BT505": ("model", ""),
    "BT506": ("optimizer", ""),
    "BT507": ("optimizer", ""),
    "BT508": ("optimizer", ""),
    "BT509": ("scheduler", ""),
    "BT51": ("scheduler", ""),
    "BT512": ("optimizer", ""),
    "BT60": ("model", ""),
}


def advise(found: Diagnosis, header: Header) -> Diagnosis:
    """Return a diagnosis whose findings point into the config, where the run was of one."""
    is_placed = any(each.where.startswith(_LOOP) for each in found.findings)
    if not header.config or not is_placed:
        return found
    return replace(found, findings=tuple(_place(each, header) for each in found.findings))


def _place(finding: Finding, header: Header) -> Finding:
    if not finding.where.startswith(_LOOP):
        return finding
    key, fix = _find(finding.code)
    where = _locate(key, header) if key else ""
    return replace(finding, where=where, fix=fix or finding.fix)


def _find(code: str) -> tuple[str, str]:
    for length in range(len(code), 2, -1):
        if code[:length] in _KEYS:
            return _KEYS[code[:length]]
    return "", ""


def _locate(key: str, header: Header) -> str:
    """Return `file:line:column` of a key, or `--set KEY`; '' where the text cannot be read."""
    from backtrace.config.places import Places
    from backtrace.config.read import read_tree
    from backtrace.config.tree import UnreadableError

    try:
        root, _ = read_tree(header.config)
    except UnreadableError:
        return ""
    overridden = tuple((tuple(each.split(".")), each) for each in header.settings if "." in each)
    file = header.config_file or f"{header.target}.yaml"
    return Places(file, root, overridden).locate(key.split("."))
