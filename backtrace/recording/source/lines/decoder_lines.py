"""The one place of a file that says what the decoder of a model of transformers is given."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.lines.lone_lines import LoneLine
from backtrace.recording.source.source_file import Scope
from backtrace.recording.source.walks import walk

_GIVEN = "decoder_input_ids"


def find_decoder_lines(scope: Scope) -> Iterator[LoneLine]:
    """Give the line that makes `decoder_input_ids`, under a name, a key or a keyword, if one does.

    Where they are handed on, as `decoder_input_ids=batch["decoder_input_ids"]` is, none is made.
    """
    if scope.name:
        return
    lines = {line for node in walk(scope.tree) for line in _lines_of(node)}
    if len(lines) == 1:
        yield LoneLine(lines.pop(), "decoder-ids", 1, 0)


def _lines_of(node: ast.AST) -> Iterator[int]:
    match node:
        case ast.Assign(targets=[target], value=value):
            given = [(_named(target), value)]
        case ast.Dict(keys=keys, values=values):
            given = [
                (isinstance(key, ast.Constant) and key.value == _GIVEN, value)
                for key, value in zip(keys, values, strict=True)
            ]
        case ast.keyword(arg=name, value=value):
            given = [(name == _GIVEN, value)]
        case _:
            return
    for is_it, value in given:
        if is_it and not any(_named(each) for each in walk(value)):
            yield value.lineno


def _named(node: ast.AST) -> bool:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name == _GIVEN
        case ast.Subscript(slice=ast.Constant(value=name)):
            return bool(name == _GIVEN)
    return False
