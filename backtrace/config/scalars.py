"""What unquoted text in YAML stands for: YAML 1.2's numbers, with YAML 1.1's yes, no, on and off.

PyYAML's own table reads `1e-3` as text, `1:30` as 90 and `017` as 15; none of that is wanted in a
training config.
"""

from __future__ import annotations

import re

_WORDS: dict[str, bool | None] = {
    word: value
    for words, value in (
        ("true yes on", True),
        ("false no off", False),
        ("null", None),
    )
    for plain in words.split()
    for word in (plain, plain.capitalize(), plain.upper())
}
_WORDS |= {"": None, "~": None}
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)\Z")
_BASED = re.compile(r"[-+]?0(?:x[0-9a-fA-F][0-9a-fA-F_]*|o[0-7][0-7_]*|b[01][01_]*)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_SPECIAL = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")

LARGEST = 2**63 - 1
_DIGITS = 70  # of a based integer of 64 bits with its sign and prefix, and then some


def resolve_plain(text: str) -> bool | int | float | str | None:
    """Return the value that unquoted `text` stands for.

    Raises `ValueError` for an integer of more than 64 bits, which torch could not hold.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INT.match(text) or _BASED.match(text):
        digits = text.replace("_", "")
        value = int(digits, 0) if len(digits) <= _DIGITS else LARGEST + 1
        if not -LARGEST - 1 <= value <= LARGEST:
            raise ValueError("a whole number of more than 64 bits")
        return value
    # `017` is octal to some and decimal to others, and may be a name: text, until it is quoted.
    if _FLOAT.match(text) and not re.match(r"[-+]?0[0-9_]+\Z", text):
        return float(text.replace("_", ""))
    if _SPECIAL.match(text):
        return float(text.replace(".", ""))
    return text
