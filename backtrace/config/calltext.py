"""A call written as text, as torch writes it, is read: `Conv2d(3, 32, 5)`. None is evaluated."""

from __future__ import annotations

import ast
import re
import warnings
from typing import NamedTuple

from backtrace.config.scalars import LARGEST
from backtrace.config.words import visible

MAX_LENGTH = 2000
MAX_NESTING = 16
ALLOWED = (
    "arguments are numbers, quoted text, True, False, None, and lists or tuples of them: "
    "Conv2d(3, 32, 5, padding=2)"
)
CALL_PATTERN = r"^\s*[A-Za-z_][A-Za-z0-9_.]*(\([\s\S]*\))?\s*$"  # for the JSON Schema too
_UNCLOSED = "inside [ ] or { } YAML ends a text at the comma: quote the call, or give it a line"
_WORDS = {"true": "True", "false": "False", "null": "None", "none": "None"}


class ParsedCall(NamedTuple):
    """A name with its arguments as plain data; tuples have become lists."""

    type: str
    args: list[object]
    kwargs: dict[str, object]


class CallTextError(ValueError):
    """The text is no call; `hint` says what would be."""

    def __init__(self, found: str, hint: str = ALLOWED) -> None:
        super().__init__(found)
        self.found = found
        self.hint = hint


def parse_call(text: str) -> ParsedCall:
    """Return the call that `text` writes out; raises `CallTextError`."""
    quoted = f'the text "{visible(text)}"'
    if len(text) > MAX_LENGTH:
        raise CallTextError(f"a text of {len(text)} characters", f"a call has at most {MAX_LENGTH}")
    unclosed = _count_unclosed(text, quoted)
    tree = _parse(text) if re.match(CALL_PATTERN, text) else None
    if isinstance(tree, ast.Call):
        name, args = _dotted(tree.func), [_literal(arg) for arg in tree.args]
        kwargs = _read_keywords(tree.keywords)
    else:
        name, args, kwargs = _dotted(tree), [], {}
    if name is None and unclosed > 0:
        raise CallTextError(f"{quoted}, in which a bracket is not closed", _UNCLOSED)
    if name is None:
        raise CallTextError(f"{quoted}, which is no call", f"write a name, or a call: {ALLOWED}")
    return ParsedCall(name, args, kwargs)


def _count_unclosed(text: str, quoted: str) -> int:
    """Count brackets before the parser does, which recurses; brackets in quotes count too."""
    depth = deepest = 0
    for character in text:
        depth += (character in "([{") - (character in ")]}")
        deepest = max(deepest, depth)
    if deepest > MAX_NESTING:
        raise CallTextError(f"{quoted}, nested {deepest} deep", f"at most {MAX_NESTING} are read")
    return depth


def _parse(text: str) -> ast.expr | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as "\d": Python's advice is not ours
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _dotted(node: ast.expr | None) -> str | None:
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(names)])


def _read_keywords(keywords: list[ast.keyword]) -> dict[str, object]:
    kwargs: dict[str, object] = {}
    for keyword in keywords:
        if keyword.arg is None:
            raise CallTextError("`**`, which a call written as text cannot use")
        if keyword.arg in kwargs:
            raise CallTextError(f"`{keyword.arg}` a second time", "keep one of the two")
        kwargs[keyword.arg] = _literal(keyword.value)
    return kwargs


def _literal(node: ast.expr) -> object:
    if isinstance(node, ast.List | ast.Tuple):
        return [_literal(item) for item in node.elts]
    sign = 1
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        sign = -1 if isinstance(node.op, ast.USub) else 1
        node = node.operand
        if not _is_number(node):
            raise CallTextError("a sign before something that is no number")
    if not isinstance(node, ast.Constant) or not isinstance(
        node.value, bool | int | float | str | None
    ):
        raise _refuse(node)
    value = node.value
    if _is_number(node):
        value = sign * value  # type: ignore[operator]
        if isinstance(value, int) and not -LARGEST - 1 <= value <= LARGEST:
            raise CallTextError("a whole number of more than 64 bits", f"the largest is {LARGEST}")
    return value


def _is_number(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
    )


def _refuse(node: ast.expr) -> CallTextError:
    if isinstance(node, ast.Name):
        meant = _WORDS.get(node.id, repr(node.id))
        return CallTextError(
            f"the argument `{visible(node.id)}`", f"did you mean {meant}? {ALLOWED}"
        )
    try:
        shown = visible(ast.unparse(node))
    except RecursionError:
        shown = "…"
    return CallTextError(f"the argument `{shown}`", f"nothing is computed here: {ALLOWED}")
