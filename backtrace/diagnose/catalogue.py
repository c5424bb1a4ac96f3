"""Finds the rules: every file under `rules/` declares one as `RULE`."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from backtrace.diagnose import rules
from backtrace.diagnose.rule import Rule


@cache
def load_rules() -> dict[str, Rule]:
    """Return all rules by code, in the order of their codes."""
    names = sorted(found.name for found in pkgutil.iter_modules(rules.__path__))
    found = [import_module(f"{rules.__name__}.{name}").RULE for name in names]
    return {rule.code: rule for rule in sorted(found, key=lambda rule: rule.code)}
