"""Words and labels of test data that are numbered anew, and not as those of training data are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from backtrace.recording.source.data.own_indexes import (
    INDEX,
    ORDERED,
    OwnIndex,
    find_own_index,
    numbers,
)
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, assigned_pairs, word_set, words_of
from backtrace.recording.source.walks import Function, own_nodes, walk

_HELD_OUT = word_set("test val valid validation dev eval")
_TRAINED = word_set("train training tr")
# What the name of an index has, and not that of its words; and that of how many there may be.
_HANDED = re.compile(r"vocab|stoi|w2i|2i|to_i|index|map|dict|encod|tokeniz", re.IGNORECASE)
_LIMIT = re.compile(r"size|min|max|freq|len|num|count", re.IGNORECASE)
# Where each word has a vector of its own, wherever it stands.
_VECTORS = re.compile(r"glove|word2vec|w2v|keyedvectors|fasttext|from_pretrained", re.IGNORECASE)
_SET = r"\b{name}\.(set_|\w*(vocab|index|dict|stoi)\w*\()"
_COUNTING = word_set("len set print sorted max min sum")


def find_own_vocabularies(scope: Scope) -> Iterator[Slip]:
    """Give what is held out and indexed by a second index, made as that of training data was.

    It is a dict of a function's, or one that each object of a class of data makes of its own.
    """
    if not isinstance(scope.node, ast.Module):
        return
    called = _find_calls(scope.tree)
    if not any(words_of(each) & _HELD_OUT for each in called):
        return
    if not any(words_of(each) & _TRAINED for each in called):
        return
    functions = [node for node in walk(scope.tree) if isinstance(node, Function)]
    builders = {
        node.name: node
        for node in functions
        if any(map(numbers, own_nodes(node))) and not ORDERED.search(ast.unparse(node))
    }
    makers = _find_makers(scope.tree, builders)
    if not makers and not any(map(numbers, walk(scope.tree))):
        return
    for node in (scope.tree, *functions):
        yield from _find_pairs(scope.tree, tuple(own_nodes(node)), builders, makers)


def _find_makers(tree: ast.Module, builders: Iterable[str]) -> dict[str, OwnIndex]:
    """Return the classes of which each object numbers its own data."""
    if _VECTORS.search(ast.unparse(tree)):
        return {}
    classes = [node for node in walk(tree) if isinstance(node, ast.ClassDef)]
    found = {each.name: find_own_index(each, builders) for each in classes}
    return {name: each for name, each in found.items() if each}


def _find_calls(tree: ast.Module) -> set[str]:
    """Return the variables that a file gives something made by a call, or a dict made in place."""
    return {
        target.id
        for node in walk(tree)
        if isinstance(node, ast.Assign)
        for target, value in assigned_pairs(node)
        if isinstance(target, ast.Name) and isinstance(value, ast.Call | ast.DictComp)
    }


def _mentions(value: ast.AST, names: Iterable[str]) -> bool:
    known = set(names)
    return any(
        isinstance(each, ast.Name | ast.Attribute) and ast.unparse(each) in known
        for each in walk(value)
    )


def _called(node: ast.AST) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name
    return ""


def _find_pairs(
    tree: ast.Module,
    nodes: Sequence[ast.AST],
    builders: dict[str, Function],
    makers: Mapping[str, OwnIndex],
) -> Iterator[Slip]:
    made: list[tuple[str, ast.expr]] = []
    for node in nodes:
        for target, value in assigned_pairs(node) if isinstance(node, ast.Assign) else ():
            if isinstance(target, ast.Name) and words_of(target.id) & (_HELD_OUT | _TRAINED):
                made.append((target.id, _loaded(value)))
    for name, value in made:
        own = words_of(name)
        index = makers.get(_called(value))
        for other, before in made:
            rest = words_of(other) - _TRAINED
            is_pair = own & _HELD_OUT and own - _HELD_OUT == rest != words_of(other)
            if not is_pair or value.lineno <= before.lineno:
                continue
            if index:
                is_found = _is_each_own(value, before, index, other)
                is_found = is_found and not _is_given(tree, name, index)
            else:
                is_index = numbers(value) or _called(value) in builders
                is_index = is_index and bool(INDEX.search(name))
                is_found = is_index and _is_alike(value, before, other) and _is_used(nodes, name)
            if is_found:
                yield Slip(value.lineno, "vocabulary", name, other)
                return


def _loaded(value: ast.expr) -> ast.expr:
    """Return the data of a loader that is made in one line with them; else the same."""
    match value:
        case ast.Call(args=[ast.Call() as data, *_]) if _called(value) == "DataLoader":
            return data
    return value


def _is_each_own(value: ast.expr, other: ast.expr, index: OwnIndex, other_name: str) -> bool:
    """Whether two objects of a class number what each is given alone, and are handed no index."""
    if not isinstance(value, ast.Call) or not isinstance(other, ast.Call):
        return False
    one, two = _bound(value, index), _bound(other, index)
    if (
        _called(value) != _called(other)
        or one.keys() != two.keys()
        or _mentions(value, [other_name])
    ):
        return False
    if any(map(_is_handed, one, one.values())):
        return False
    return any(one[each] != two[each] for each in index.made_of if each in one)


def _bound(call: ast.Call, index: OwnIndex) -> dict[str, str]:
    """Return what a constructor is given, by the names of its arguments."""
    bound = dict(zip(index.arguments, map(ast.unparse, call.args), strict=False))
    return bound | {each.arg or "**": ast.unparse(each.value) for each in call.keywords}


def _is_handed(argument: str, given: str) -> bool:
    """Whether what is given may be an index: words of a split are none."""
    if given in ("None", "True", "False") or given[:1] in "'\"" or given.isnumeric():
        return False
    for each in (argument, given):
        if _HANDED.search(each) and not _LIMIT.search(each):
            return True
    is_of_split = words_of(given) & (_HELD_OUT | _TRAINED)
    return given.isidentifier() and bool(INDEX.search(given)) and not is_of_split


def _is_alike(value: ast.expr, other: ast.expr, other_name: str) -> bool:
    """Whether two things are made in one way, and not the one of the other."""
    if type(value) is not type(other) or _mentions(value, [other_name]):
        return False
    if isinstance(value, ast.Call) and isinstance(other, ast.Call):
        one, two = ([word.arg for word in each.keywords] for each in (value, other))
        texts = [ast.unparse(word.value) for each in (value, other) for word in each.keywords]
        given = [*map(ast.unparse, value.args), *texts]
        is_handed = any(INDEX.search(each) and each.isidentifier() for each in given)
        same = _called(value) == _called(other) and len(value.args) == len(other.args)
        is_other = [*map(ast.unparse, value.args)] != [*map(ast.unparse, other.args)]
        return same and one == two and is_other and not is_handed
    return True


def _is_given(tree: ast.Module, name: str, index: OwnIndex) -> bool:
    """Whether an object is given another index later, as by `test.vocab = train.vocab`."""
    return any(
        isinstance(each, ast.Attribute)
        and isinstance(each.ctx, ast.Store)
        and isinstance(each.value, ast.Name)
        and each.value.id != "self"
        and each.attr in index.attributes
        for each in walk(tree)
    ) or bool(re.search(_SET.format(name=name), ast.unparse(tree)))


def _is_used(nodes: Sequence[ast.AST], name: str) -> bool:
    """Whether an index does more than to be counted."""
    for node in nodes:
        match node:
            case ast.Subscript(value=ast.Name(id=used), ctx=ast.Load()) if used == name:
                return True
            case ast.Call(func=func, args=args):
                is_asked = ast.unparse(func) == f"{name}.get"
                is_given = any(isinstance(each, ast.Name) and each.id == name for each in args)
                if is_asked or (is_given and _called(node) not in _COUNTING):
                    return True
    return False
