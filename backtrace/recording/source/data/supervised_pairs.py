"""Names of sources and targets, and whether a file's loops train the one towards the other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from backtrace.recording.source.source_file import names_in, word_set, words_of
from backtrace.recording.source.walks import own_nodes, walk

# Source and target are two domains as well, and texts may be of none: a loop has to say.
_SOURCES = word_set("source sources src sentence sentences question questions document documents")
_TARGETS = word_set("target targets tgt trg tag tags answer answers summary summaries")


def are_source_and_target(one: str, other: str, tree: ast.Module) -> bool:
    """Whether two names are of what is trained towards each other, row by row, in a file."""
    first, second = words_of(one), words_of(other)
    is_pair = any(
        bool(a & _SOURCES) and bool(b & _TARGETS) and a - _SOURCES == b - _TARGETS
        for a, b in ((first, second), (second, first))
    )
    return is_pair and _has_supervised_loop(tree)


@lru_cache(maxsize=2)
def _has_supervised_loop(tree: ast.Module) -> bool:
    """Whether a loop over pairs holds what it makes of the first against the second itself."""
    for loop in walk(tree):
        if isinstance(loop, ast.For):
            for source, target in _pairs_of(loop.target):
                if _is_held_against(loop, source, target):
                    return True
    return False


def _pairs_of(target: ast.expr) -> Iterator[tuple[str, str]]:
    """Give the two names that a loop writes, behind the number of a turn as well."""
    match target:
        case ast.Tuple(elts=[ast.Name(id=source), ast.Name(id=goal)]):
            yield source, goal
        case ast.Tuple(elts=[ast.Name(), ast.Tuple() as pair]):
            yield from _pairs_of(pair)


def _is_held_against(loop: ast.For, source: str, target: str) -> bool:
    made, nodes = {source}, own_nodes(loop)
    assigned = [each for each in nodes if isinstance(each, ast.Assign)]
    for each in sorted(assigned, key=lambda node: node.lineno):
        if names_in(each.value) & made:
            made |= {name for at in each.targets for name in names_in(at)} - {target}
    return any(
        isinstance(call, ast.Call)
        and len(call.args) == 2
        and _root(call.args[1]) == target
        and bool(names_in(call.args[0]) & made)
        for call in nodes
    )


def _root(node: ast.expr) -> str:
    """Return the name that methods and subscripts are taken of: `t` of `t[:, 1:].flatten()`."""
    while True:
        match node:
            case ast.Call(func=ast.Attribute(value=inner)) | ast.Subscript(value=inner):
                node = inner
            case ast.Name(id=name):
                return name
            case _:
                return ""
