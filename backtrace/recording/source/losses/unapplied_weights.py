"""Weights of a term that a file keeps and never reads, while the term is added as it is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import walk

_WEIGHTS = word_set("weight coef coeff coefficient lambda lam lmbda lamda lambd w factor beta")
_SUMS = word_set("loss losses objective elbo cost total")
_PLAIN = word_set("loss term mean value")  # what a term or a weight is called, whatever it is of
_BESIDE = word_set("div divergence penalty reg") | _PLAIN  # what a term is called that it is not
_ALIKE = {"kld": "kl", "ent": "entropy"}
_READING_ALL = word_set("locals vars eval exec getattr")
_DEEPEST = 8


class _Weight(NamedTuple):
    """A weight as it is written, and the class or function that alone may use it; None: the file.

    `stem` are the words of what it weighs.
    """

    text: str
    stem: frozenset[str]
    place: ast.AST | None


def find_unapplied_weights(scope: Scope) -> Iterator[Slip]:
    """Give each term of a sum of losses whose own weight the file keeps and never reads.

    Not a weight of 1 by default, nor a term that is multiplied where it is made.
    """
    weights = _unread_weights(scope.tree)
    if not weights:
        return
    given = LastGiven(scope.tree, scope.node)
    around = [scope.node, parents_in(scope.tree).get(id(scope.node))]
    for node in scope.statements():
        for term in _terms_of_loss(node, scope):
            words = _words(term.id)
            for weight in weights:
                is_here = weight.place is None or weight.place in around
                is_its = weight.stem <= words and words - weight.stem <= _BESIDE
                if is_here and is_its and _is_plain(given.follow(term)):
                    yield Slip(term.lineno, "weight-unapplied", weight.text[:LONGEST], term.id)


def _terms_of_loss(node: ast.stmt, scope: Scope) -> Iterator[ast.Name]:
    """Give the names that a loss is a plain sum of, two terms or more."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp() as value):
            is_loss = bool(words_of(name) & _SUMS)
        case ast.Return(value=ast.BinOp() as value):
            is_loss = bool(words_of(scope.name) & _SUMS)
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=ast.BinOp() as value, attr="backward"))
        ):
            is_loss = True
        case _:
            return
    terms = list(_addends(value, _DEEPEST)) if is_loss else []
    yield from (term for term in terms if isinstance(term, ast.Name) and len(terms) > 1)


def _addends(node: ast.expr, most: int) -> Iterator[ast.expr]:
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right) if most:
            yield from _addends(left, most - 1)
            yield from _addends(right, most - 1)
        case ast.BinOp(left=left, op=ast.Sub()) if most:
            yield from _addends(left, most - 1)
            yield ast.Constant(None)  # what is taken away is not looked at
        case _:
            yield node


def _is_plain(value: ast.expr) -> bool:
    """Whether a term is made without a weight of another name."""
    match value:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return isinstance(left, ast.Constant | ast.UnaryOp) and not isinstance(right, ast.Name)
        case ast.Constant():
            return False
    return True


@lru_cache(maxsize=2)
def _unread_weights(tree: ast.Module) -> tuple[_Weight, ...]:
    """Return the weights that a file keeps and never reads."""
    found = [weight for node in walk(tree) for weight in _kept_in(node)]
    if not found:
        return ()
    reads = _read_names(tree)
    return tuple(each for each in found if reads and each.text.rpartition(".")[2] not in reads)


def _kept_in(node: ast.AST) -> Iterator[_Weight]:
    match node:
        case ast.ClassDef(body=body):
            for each in body:
                if isinstance(each, ast.FunctionDef) and each.name == "__init__":
                    yield from _attributes(each, node)
        case ast.FunctionDef(name=name) if name != "__init__":
            for arg, default in _defaults(node).items():
                if _is_number(default) and (stem := _weighed(arg)):
                    yield _Weight(arg, stem, node)
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_number(value):
            if stem := _weighed(name):
                yield _Weight(name, stem, None)


def _attributes(init: ast.FunctionDef, owner: ast.ClassDef) -> Iterator[_Weight]:
    """Give what a class keeps of the weights that it is made with."""
    defaults, given = _defaults(init), {each.arg for each in _parameters(init)}
    for node in walk(init):
        match node:
            case ast.Assign(
                targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=value
            ):
                is_given = isinstance(value, ast.Name) and value.id in given
                default = defaults.get(value.id) if isinstance(value, ast.Name) else value
                is_one = isinstance(default, ast.Constant) and not _is_number(default)
                stem = _weighed(name)
                if stem and not is_one and (is_given or _is_number(value)):
                    yield _Weight(f"self.{name}", stem, owner)


def _parameters(function: ast.FunctionDef) -> list[ast.arg]:
    return [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]


def _defaults(function: ast.FunctionDef) -> dict[str, ast.expr]:
    given = function.args
    plain = [*given.posonlyargs, *given.args]
    found = list(zip(reversed(plain), reversed(given.defaults), strict=False))
    pairs = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    found += [(arg, value) for arg, value in pairs if value is not None]
    return {arg.arg: value for arg, value in found}


def _is_number(node: ast.expr | None) -> bool:
    """Whether something is a number other than 1, which a weight may as well be left out at."""
    is_known = isinstance(node, ast.Constant) and type(node.value) in (int, float)
    return is_known and isinstance(node, ast.Constant) and node.value != 1


def _weighed(name: str) -> frozenset[str]:
    """Return the words of what a weight by this name weighs; none where it is none."""
    words = _words(name)
    return words - _WEIGHTS - _PLAIN if words & _WEIGHTS else frozenset()


def _words(name: str) -> frozenset[str]:
    return frozenset(_ALIKE.get(word, word) for word in words_of(name)) - {""}


def _read_names(tree: ast.Module) -> frozenset[str]:
    """Return the names, attributes and texts that a file reads; none where it may read any.

    A name that is read to be kept under the same name is not.
    """
    parents = parents_in(tree)
    found: set[str] = set()
    for node in walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()) if not _is_kept_as(name, parents.get(id(node))):
                found.add(name)
            case ast.Attribute(attr=name, ctx=ast.Load()):
                found.add(name)
            case ast.Constant(value=str() as text):
                found.add(text.lstrip("-").replace("-", "_"))
            case ast.Call(func=func) if called_name(func) in _READING_ALL:
                return frozenset()
    return frozenset(found)


def _is_kept_as(name: str, parent: ast.AST | None) -> bool:
    match parent:
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=attr)]):
            return attr == name
    return False
