"""Seeds that are set to one and the same number in each turn of a training loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    word_set,
)
from backtrace.recording.source.walks import own_nodes, walk

_SEEDERS = word_set("manual_seed seed seed_everything set_seed seed_all")
_DRAWS = word_set(
    "randn randn_like rand rand_like randint randint_like randperm bernoulli multinomial normal "
    "sample rsample normal_ uniform_ bernoulli_ random_ permutation choice shuffle dropout "
    "gumbel_softmax standard_normal uniform random"
)
_LIBRARIES = {"torch": "torch", "np": "numpy", "numpy": "numpy", "random": "random"}
_MEASURING = word_set("eval evaluate evaluation val valid validate validation test sample samples")


def find_repeated_seeds(scope: Scope) -> Iterator[Slip]:
    """Give a seed that each turn of a loop sets anew before numbers are drawn and `backward`.

    It stands in the turn itself, under no condition, or so in a function of the file that the turn
    calls before its backward.
    """
    for loop in scope.nodes():
        if not isinstance(loop, ast.For | ast.While):
            continue
        end = _find_backward(loop)
        if end is None:
            continue
        changing = {name for each in own_nodes(loop) if (name := _stored(each))}
        yield from _find(loop.body, changing)
        for name in _called(loop, end):
            function = scope.find_function(name)
            if function is not None and not word_set(name.replace("_", " ")) & _MEASURING:
                own = {each.arg for each in walk(function.args) if isinstance(each, ast.arg)}
                yield from _find(function.body, own | changing)


def _find(body: Sequence[ast.stmt], changing: set[str]) -> Iterator[Slip]:
    """Give the seeds of a list of statements that are the same each time, with what is drawn."""
    for at, node in enumerate(body):
        match node:
            case ast.Expr(value=ast.Call(func=func, args=[seed], keywords=[])):
                if called_name(func) not in _SEEDERS or not _is_same(seed, changing):
                    continue
                kind = _library(func)
                drawn = (each for after in body[at + 1 :] for each in walk(after))
                first = next((each for each in drawn if _draws(each, kind)), None)
                if first is not None:
                    yield Slip(node.lineno, "seed", ast.unparse(node.value), _written(first))
                    return


def _find_backward(loop: ast.For | ast.While) -> int | None:
    """Return the line of a loop's own backward, in no loop inside; None where it has none."""
    inside = {id(e) for n in own_nodes(loop) if isinstance(n, ast.For | ast.While)
              for e in walk(n)}  # fmt: skip
    for node in own_nodes(loop):
        match node:
            case ast.Call(func=ast.Attribute(attr="backward")) if id(node) not in inside:
                return node.lineno
    return None


def _called(loop: ast.For | ast.While, end: int) -> Iterator[str]:
    """Give the functions that the statements of a loop call up to a line, under no condition."""
    for node in loop.body:
        if isinstance(node, ast.Assign | ast.Expr) and node.lineno <= end:
            for each in walk(node):
                match each:
                    case ast.Call(func=ast.Name(id=name)):
                        yield name


def _stored(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else ""


def _is_same(seed: ast.expr, changing: set[str]) -> bool:
    """Whether a seed is a number, or what nothing in the loop or function writes to."""
    names = [each for each in walk(seed) if isinstance(each, ast.Name)]
    is_plain = isinstance(seed, ast.Constant | ast.Name | ast.Attribute)
    return is_plain and not any(each.id in changing or each.id == "self" for each in names)


def _library(func: ast.expr) -> str:
    """Return whose numbers a call draws or seeds, '' where it may be those of all."""
    root = func
    while isinstance(root, ast.Attribute):
        root = root.value
    return _LIBRARIES.get(root.id, "") if isinstance(root, ast.Name) else ""


def _draws(node: ast.AST, kind: str) -> bool:
    """Whether a call draws numbers of a library; a method's are torch's."""
    if not isinstance(node, ast.Call) or called_name(node.func) not in _DRAWS:
        return False
    if any(each.arg == "generator" for each in node.keywords):
        return False
    return kind in ("", _library(node.func) or "torch")


def _written(node: ast.AST) -> str:
    return ast.unparse(node)[:LONGEST]
