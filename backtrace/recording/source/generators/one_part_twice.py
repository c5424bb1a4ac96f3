"""Two things that a network says apart, and that are taken from one part of its output."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, assigned_pairs, word_set, words_of
from backtrace.recording.source.walks import walk

_MEANS = word_set("mu mean means loc")
_SPREADS = word_set("logvar var variance std sigma logsigma logstd scale")


def find_one_part_twice(scope: Scope) -> Iterator[Slip]:
    """Give each logarithm of a variance, or deviation, that is the mean by another name.

    Both are the same slice, or the same layer of the module called on the same thing.
    """
    means: dict[str, tuple[str, frozenset[str]]] = {}
    for node in scope.statements():
        pairs = assigned_pairs(node)
        for target, value in pairs:
            if not isinstance(target, ast.Name):
                continue
            words = words_of(target.id)
            is_part = _is_part(value)
            if is_part and words & _SPREADS:
                first = means.get(ast.unparse(value))
                if first is not None and not words & _MEANS:
                    yield Slip(node.lineno, "one-part", target.id, first[0])
            if is_part and words & _MEANS and not words & _SPREADS:
                means[ast.unparse(value)] = target.id, _names_of(value)
        written = {
            each.id
            for each in walk(node)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        }
        means = {text: one for text, one in means.items() if not one[1] & written}


def _names_of(node: ast.expr) -> frozenset[str]:
    return frozenset(each.id for each in walk(node) if isinstance(each, ast.Name))


def _is_part(node: ast.expr) -> bool:
    """Whether it is a slice of a variable, or what a layer of the module gives of one."""
    match node:
        case ast.Subscript(value=ast.Name(), slice=chosen):
            return any(isinstance(each, ast.Slice) for each in walk(chosen))
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="self")), args=[ast.Name()], keywords=[]
        ):
            return True
    return False
