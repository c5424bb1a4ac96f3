"""Lines that give padding and the end of a text one id: `pad_token = eos_token`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, word_set

_PADDING = word_set("pad padding padded filler")
_END = word_set("eos eot eod end stop endoftext")
# Words that say of a name what kind of thing it holds, and no more.
_KIND = word_set("token tokens id ids idx index value symbol tok")


def find_padding_is_end(scope: Scope) -> Iterator[Slip]:
    """Give each name of padding's that is assigned that of the end, or is given it in a call."""
    for node in scope.nodes():
        match node:
            case ast.Assign(targets=targets, value=value):
                names = [_name(each) for each in [*targets, value]]
                padding = [name for name in names if _is(name, _PADDING)]
                end = [name for name in names if _is(name, _END)]
                if padding and end and not _is(_name(value), _PADDING):
                    yield Slip(node.lineno, "padding-is-end", padding[0], end[0])
            case ast.keyword(arg=str(name), value=value):
                if _is(name, _PADDING) and _is(_name(value), _END):
                    said = ast.unparse(value)[:LONGEST]
                    yield Slip(value.lineno, "padding-is-end", name, said)


def _name(node: ast.expr) -> str:
    """Return the name of a variable or of an attribute; '' where it is neither."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
    return ""


def _is(name: str, words: frozenset[str]) -> bool:
    """Whether a name is made of such a word and of what kind of thing it is: `pad_token_id`."""
    parts = set(re.findall(r"[a-z]+", name.lower()))
    return bool(parts & words) and parts <= words | _KIND
