"""Whether a config names rules that exist; the rules are loaded for those that name any."""

from __future__ import annotations


def read_rule_name(text: str) -> str:
    """Return the text where it is a rule's code, the beginning of one, or a pattern.

    Raises:
        ValueError: there is no such rule; the text names the near ones.
    """
    from backtrace.diagnose.catalogue import load_all_rules
    from backtrace.diagnose.choose import choose_rules
    from backtrace.errors import UsageError

    try:
        choose_rules(text, load_all_rules())
    except UsageError as error:
        raise ValueError(str(error)) from None
    return text
