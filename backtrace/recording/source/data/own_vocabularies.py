"""Words and labels of test data that are numbered anew, and not as those of training data are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Function,
    Scope,
    assigned_pairs,
    own_nodes,
    word_set,
    words_of,
)

_HELD_OUT = word_set("test val valid validation dev eval")
_TRAINED = word_set("train training tr")
_INDEX = re.compile(r"vocab|word|tok|char|label|class|tag|stoi|w2i|lbl", re.IGNORECASE)
# What is in one order wherever it is listed, or is listed from a file of its own.
_ORDERED = re.compile(r"sorted\(|\.sort\(|listdir|glob|scandir|iterdir|open\(|read|range\(")
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
    builders = {
        node.name: node
        for node in ast.walk(scope.tree)
        if isinstance(node, Function) and any(map(_numbers, own_nodes(node)))
        if not _ORDERED.search(ast.unparse(node))
    }
    classes = [node for node in ast.walk(scope.tree) if isinstance(node, ast.ClassDef)]
    makers = {each.name: made for each in classes if (made := _index_of(each, builders))}
    if not builders and not any(map(_numbers, ast.walk(scope.tree))):
        return
    for node in (scope.tree, *(n for n in ast.walk(scope.tree) if isinstance(n, Function))):
        yield from _find_pairs(scope.tree, tuple(own_nodes(node)), builders, makers)


def _find_calls(tree: ast.Module) -> set[str]:
    """Return the variables that a file gives something made by a call, or a dict made in place."""
    return {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target, value in assigned_pairs(node)
        if isinstance(target, ast.Name) and isinstance(value, ast.Call | ast.DictComp)
    }


def _numbers(node: ast.AST) -> bool:
    """Whether a node numbers what it goes through: by `enumerate`, or by how many there are."""
    match node:
        case ast.DictComp(
            generators=[ast.comprehension(iter=ast.Call(func=ast.Name(id="enumerate")) as given)]
        ):
            return not _ORDERED.search(ast.unparse(given)) and not any(
                isinstance(each, ast.Name) and each.id.isupper() for each in ast.walk(given)
            )
        case ast.Assign(
            targets=[ast.Subscript(value=kept)],
            value=ast.Call(func=ast.Name(id="len"), args=[counted]),
        ):
            return ast.unparse(kept) == ast.unparse(counted)
    return False


def _index_of(made: ast.ClassDef, builders: dict[str, Function]) -> str:
    """Return the attribute of a class in which each object keeps an index of its own data."""
    text = ast.unparse(made)
    for method in made.body:
        if not isinstance(method, Function) or method.name != "__init__":
            continue
        given = _follow(method)
        for node in own_nodes(method):
            match node:
                case ast.Assign(
                    targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=value
                ):
                    is_used = f"self.{name}[" in text or f"self.{name}.get(" in text
                    is_own = _INDEX.search(name) and is_used and _builds(value, builders)
                    is_own = is_own and not _is_ordered(method, value)
                    if is_own and _mentions(value, given) and _is_due(method, node):
                        return name
    return ""


def _is_ordered(method: Function, value: ast.expr) -> bool:
    """Whether what is numbered was put in order before, as in `self.classes = sorted(...)`."""
    ordered = {
        ast.unparse(target)
        for node in own_nodes(method)
        if isinstance(node, ast.Assign) and _ORDERED.search(ast.unparse(node.value))
        for target in node.targets
    }
    return _mentions(value, ordered)


def _follow(method: Function) -> set[str]:
    """Return the arguments of a method, and what is made of them there."""
    given = {each.arg for each in (*method.args.args, *method.args.kwonlyargs)} - {"self"}
    statements = [node for node in own_nodes(method) if isinstance(node, ast.Assign)]
    for node in sorted(statements, key=lambda each: each.lineno):
        if _mentions(node.value, given):
            given |= {ast.unparse(each) for each in node.targets}
    return given


def _mentions(value: ast.AST, names: Iterable[str]) -> bool:
    known = set(names)
    return any(
        isinstance(each, ast.Name | ast.Attribute) and ast.unparse(each) in known
        for each in ast.walk(value)
    )


def _builds(value: ast.expr, builders: dict[str, Function]) -> bool:
    """Whether an expression makes an index, itself or by a function of the file."""
    return any(_numbers(each) or _called(each) in builders for each in ast.walk(value))


def _called(node: ast.AST) -> str:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name
    return ""


def _is_due(method: Function, node: ast.Assign) -> bool:
    """Whether it is made each time, or where none was given; not for one split alone."""
    return all(
        "None" in ast.unparse(each.test) or isinstance(each.test, ast.UnaryOp)
        for each in own_nodes(method)
        if isinstance(each, ast.If) and any(part is node for part in ast.walk(each))
    )


def _find_pairs(
    tree: ast.Module,
    nodes: Sequence[ast.AST],
    builders: dict[str, Function],
    makers: dict[str, str],
) -> Iterator[Slip]:
    made: list[tuple[str, ast.expr]] = []
    for node in nodes:
        for target, value in assigned_pairs(node) if isinstance(node, ast.Assign) else ():
            if isinstance(target, ast.Name) and words_of(target.id) & (_HELD_OUT | _TRAINED):
                made.append((target.id, value))
    for name, value in made:
        own = words_of(name)
        for other, before in made:
            rest = words_of(other) - _TRAINED
            is_pair = own & _HELD_OUT and own - _HELD_OUT == rest != words_of(other)
            if is_pair and value.lineno > before.lineno and _is_alike(value, before, other):
                index = makers.get(_called(value))
                is_index = _INDEX.search(name) and (_numbers(value) or _called(value) in builders)
                if (index and not _is_given(tree, name, index)) or (
                    is_index and _is_used(nodes, name)
                ):
                    yield Slip(value.lineno, "vocabulary", name, other)
                    return


def _is_alike(value: ast.expr, other: ast.expr, other_name: str) -> bool:
    """Whether two things are made in one way, and not the one of the other."""
    if type(value) is not type(other) or _mentions(value, [other_name]):
        return False
    if isinstance(value, ast.Call) and isinstance(other, ast.Call):
        one, two = ([word.arg for word in each.keywords] for each in (value, other))
        texts = [ast.unparse(word.value) for each in (value, other) for word in each.keywords]
        given = [*map(ast.unparse, value.args), *texts]
        is_handed = any(_INDEX.search(each) and each.isidentifier() for each in given)
        same = _called(value) == _called(other) and len(value.args) == len(other.args)
        is_other = [*map(ast.unparse, value.args)] != [*map(ast.unparse, other.args)]
        return same and one == two and is_other and not is_handed
    return True


def _is_given(tree: ast.Module, name: str, index: str) -> bool:
    """Whether an object is given another index later, as by `test.vocab = train.vocab`."""
    return any(
        isinstance(each, ast.Attribute)
        and isinstance(each.ctx, ast.Store)
        and isinstance(each.value, ast.Name)
        and each.value.id != "self"
        and each.attr == index
        for each in ast.walk(tree)
    ) or f"{name}.set_" in ast.unparse(tree)


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
