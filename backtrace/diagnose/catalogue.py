"""Finds the rules: every file in the folders of `rules/` and in `rank_rules/` declares one."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from backtrace.diagnose import rank_rules, rules
from backtrace.diagnose.rule import Rule

if TYPE_CHECKING:
    from backtrace.diagnose.ranks.rank_rule import RankRule


@cache
def load_rules() -> dict[str, Rule]:
    """Return all rules by code, in the order of their codes."""
    walked = pkgutil.walk_packages(rules.__path__, f"{rules.__name__}.")
    names = sorted(each.name for each in walked if not each.ispkg)
    found = [import_module(name).RULE for name in names]
    return {rule.code: rule for rule in sorted(found, key=lambda rule: rule.code)}


@cache
def load_rank_rules() -> dict[str, RankRule]:
    """Return the rules over all ranks of a run by code, in the order of their codes."""
    names = sorted(found.name for found in pkgutil.iter_modules(rank_rules.__path__))
    found = [import_module(f"{rank_rules.__name__}.{name}").RULE for name in names]
    return {rule.code: rule for rule in sorted(found, key=lambda rule: rule.code)}


def load_all_rules() -> dict[str, Rule]:
    """Return the rules over one process and those over ranks, in the order of their codes."""
    return {**load_rules(), **load_rank_rules()}
