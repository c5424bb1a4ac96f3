"""Parts of a model that are kept as they were made, while copies of them do the work."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from backtrace.recording.source.source_file import Scope, called_name, word_set
from backtrace.recording.source.walks import Function, own_nodes, walk

# torch's own, and what the papers' code calls the function that does it.
_COPYING = word_set("TransformerEncoder TransformerDecoder clones get_clones _get_clones")
_KEYWORDS = word_set("encoder_layer decoder_layer")
_LOOPS = ast.For | ast.While | ast.ListComp | ast.GeneratorExp
_TURNS = 3  # of what is handed on: a function in a class in a class


@dataclass(frozen=True)
class Template:
    """The attribute `name` is handed in `line` to `copier`, which makes copies of it."""

    line: int
    name: str
    copier: str


def find_copied_templates(scope: Scope) -> Iterator[Template]:
    """Give each attribute of `self` that a function makes copies of, in a loop or by a copier."""
    if not scope.name:
        return
    kept = _attributes(scope)
    for call, given in _copied(scope.node, _copiers(scope.tree)):
        for name in _attribute_names(given, kept):
            yield Template(call.lineno, name, called_name(call.func))


def _copied(function: ast.AST, copiers: frozenset[str]) -> Iterator[tuple[ast.Call, ast.expr]]:
    """Give the calls that make copies, each with what it copies."""
    repeated = {
        id(each) for loop in own_nodes(function) if isinstance(loop, _LOOPS) for each in walk(loop)
    }
    for call in own_nodes(function):
        if isinstance(call, ast.Call):
            name = called_name(call.func)
            if name in copiers or (name == "deepcopy" and id(call) in repeated):
                named = [each.value for each in call.keywords if each.arg in _KEYWORDS]
                yield from ((call, given) for given in (*call.args[:1], *named))


@lru_cache(maxsize=2)
def _copiers(tree: ast.Module) -> frozenset[str]:
    """Return the names of what makes copies of the first thing that it is given."""
    found = frozenset(_COPYING)
    functions = list(_functions(tree))
    for _ in range(_TURNS):
        found |= {
            name
            for name, function in functions
            for _, given in _copied(function, found)
            if isinstance(given, ast.Name) and given.id == _first_parameter(function)
        }
    return found


def _functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """Give the functions of a file, and how each class is made, by the names they are called by."""
    for node in tree.body:
        if isinstance(node, Function):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            made = (each for each in node.body if isinstance(each, Function))
            yield from ((node.name, each) for each in made if each.name == "__init__")


def _first_parameter(function: Function) -> str:
    names = [each.arg for each in function.args.args if each.arg != "self"]
    return names[0] if names else ""


def _attributes(scope: Scope) -> dict[str, list[str]]:
    """Return the local variables that are kept as attributes as well, with the names of these."""
    kept: dict[str, list[str]] = {}
    for node in scope.nodes():
        if isinstance(node, ast.Assign):
            names = [each.id for each in (*node.targets, node.value) if isinstance(each, ast.Name)]
            for name in names:
                kept.setdefault(name, []).extend(_own_attributes(node.targets))
    return kept


def _own_attributes(targets: Iterable[ast.expr]) -> Iterator[str]:
    for target in targets:
        match target:
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                yield name


def _attribute_names(given: ast.expr, kept: dict[str, list[str]]) -> list[str]:
    if isinstance(given, ast.Name):
        return kept.get(given.id, [])
    return list(_own_attributes([given]))
