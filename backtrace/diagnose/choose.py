"""Which rules a text means: a code, the beginning of one, or a pattern's name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from backtrace.diagnose.rule import Finding, NotChecked, Rule
from backtrace.errors import UsageError


def means(text: str, one: Rule | Finding | NotChecked) -> bool:
    """Whether `text` is the code, a beginning of it such as `BT2`, or the pattern's name."""
    wanted = text.strip().upper()
    is_code = len(wanted) >= 2 and one.code.startswith(wanted)
    return is_code or one.pattern == text.strip().lower().replace("_", "-")


def choose_rules(text: str, rules: Mapping[str, Rule]) -> list[Rule]:
    """Return the rules that `text` means, in the order of their codes.

    Raises:
        UsageError: there is none; the text names the near ones.
    """
    found = [rule for rule in rules.values() if means(text, rule)]
    if found:
        return found
    near = _nearest(text.strip(), rules.values())
    hint = f"did you mean {near}? " if near else ""
    raise UsageError(f"there is no rule {text!r}: {hint}`backtrace rules` lists them")


def read_ignored(texts: Iterable[str], rules: Mapping[str, Rule]) -> tuple[str, ...]:
    """Return what `BT101,BT2` and the like name, one by one, each checked to be a rule.

    Raises:
        UsageError: one of them is none.
    """
    names = [name.strip() for text in texts for name in text.split(",") if name.strip()]
    for name in names:
        choose_rules(name, rules)
    return tuple(names)


def _nearest(text: str, rules: Iterable[Rule]) -> str:
    """Return up to three codes or patterns that may have been meant."""
    names = [name for rule in rules for name in (rule.code, rule.pattern)]
    by_lower = {name.lower(): name for name in names}
    cutoff = 0.8 if text[2:].isdigit() else 0.6  # of a code, one character may be wrong
    near = difflib.get_close_matches(text[:60].lower(), by_lower, n=3, cutoff=cutoff)
    return " or ".join(by_lower[name] for name in near)
