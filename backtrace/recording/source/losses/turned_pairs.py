"""Contrastive losses that push apart the pairs that a file says are alike."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.policies.discounted_sums import factors_of, terms_of
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Given,
    Scope,
    called_name,
    given_once,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import walk

_HINGES = word_set("clamp relu max maximum clip clamp_min relu_")
_MARGINS = word_set("margin m")
_DISTANCES = word_set("d dw dist dists distance distances euclidean pairwise_distance norm cdist")
_CONVERTING = word_set(
    "int float tensor as_tensor float32 FloatTensor float_ long from_numpy array"
)
_ALIKE = word_set("same alike similar genuine positive")
_LABELS = word_set("y label labels target targets same similar issame flag")


@dataclass(frozen=True)
class _PairLoss:
    """A sum that draws pairs together where `label` is `drawn`, and others apart."""

    node: ast.BinOp
    label: str
    drawn: int
    parts: frozenset[int]  # by their ids


def find_turned_pairs(scope: Scope) -> Iterator[Slip]:
    """Give each loss whose labels are the other way round than where the file makes the pairs.

    What is alike is said by pairs that are made alike, or by a comparison of two classes; all that
    says so must agree, and nothing else may turn the labels round.
    """
    losses = list(_losses(scope))
    said = list(_said_alike(scope.tree)) if losses else []
    if len({value for value, _ in said}) != 1:
        return
    for found in losses:
        if found.drawn != said[0][0] and not _is_turned_elsewhere(scope.tree, found):
            value, text = said[0]
            yield Slip(found.node.lineno, "pairs", f"{found.label} == {value}", text[:LONGEST])


def _losses(scope: Scope) -> Iterator[_PairLoss]:
    given = given_once(scope)
    for node in scope.nodes():
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Add):
            continue
        terms = [_followed(each, given) for each in terms_of(node)]
        hinged = [bool(list(_hinges(each, given))) for each in terms]
        if len(terms) != 2 or sorted(hinged) != [False, True]:
            continue
        pushed, drawn = terms if hinged[0] else terms[::-1]
        (far, label), (near, other) = _label_of(pushed), _label_of(drawn)
        if label and label == other and far != near and _shares_distance(pushed, drawn, given):
            parts = (id(each) for term in terms for each in _parts(term, given))
            yield _PairLoss(node, label, near, frozenset(parts))


def _followed(term: ast.expr, given: Given) -> ast.expr:
    return given.get(term.id, term) if isinstance(term, ast.Name) else term


def _hinges(term: ast.expr, given: Given) -> Iterator[str]:
    """Give the distance of each `relu(margin - distance)` of a term."""
    for node in _parts(term, given):
        if isinstance(node, ast.Call) and called_name(node.func) in _HINGES:
            for each in walk(node):
                match each:
                    case ast.BinOp(left=left, op=ast.Sub(), right=right):
                        is_number = isinstance(left, ast.Constant)
                        if is_number or words_of(called_name(left)) & _MARGINS:
                            yield ast.unparse(right)


def _parts(term: ast.expr, given: Given) -> Iterator[ast.AST]:
    for node in walk(term):
        yield node
        if isinstance(node, ast.Name) and node.id in given:
            yield from walk(given[node.id])


def _label_of(term: ast.expr) -> tuple[int, str]:
    """Return where a term counts: 1 of `y * ...`, 0 of `(1 - y) * ...`, and the label's name."""
    for factor in factors_of(term):
        match factor:
            case ast.Name(id=name) if words_of(name) & _LABELS:
                return 1, name
            case ast.BinOp(
                left=ast.Constant(value=1 | 1.0), op=ast.Sub(), right=ast.Name(id=name)
            ) if words_of(name) & _LABELS:
                return 0, name
    return 0, ""


def _shares_distance(pushed: ast.expr, drawn: ast.expr, given: Given) -> bool:
    """Whether both terms are of one distance, by its name or by what it was given."""
    for text in _hinges(pushed, given):
        behind = given.get(text)
        called = behind.func if isinstance(behind, ast.Call) else None
        said = words_of(text) | ({called_name(called)} if called is not None else set())
        if said & _DISTANCES and any(
            isinstance(each, ast.Name) and each.id == text for each in _parts(drawn, given)
        ):
            return True
    return False


def _said_alike(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Give the labels that a file gives to pairs that are alike, each with what says so."""
    pairs: dict[bool, set[int]] = {True: set(), False: set()}
    alike = ""
    for node in walk(tree):
        match node:
            case ast.Tuple(
                elts=[ast.Call() as one, ast.Call() as other, ast.Constant(value=value)]
            ):
                if type(value) is int and value in (0, 1):
                    is_alike = ast.unparse(one) == ast.unparse(other)
                    pairs[is_alike].add(value)
                    alike = ast.unparse(node).strip("()") if is_alike else alike
            case ast.If(test=ast.Name(id=name), body=body, orelse=orelse):
                yes, no = _label_given(body), _label_given(orelse)
                if words_of(name) & _ALIKE and not words_of(name) & {"not"} and {yes, no} == {0, 1}:
                    yield yes, name
            case ast.Compare(ops=[ast.Eq() | ast.NotEq() as op]):
                if _is_of_classes(node) and _is_converted(node, tree) and _is_label(node, tree):
                    yield int(isinstance(op, ast.Eq)), ast.unparse(node)
    if len(pairs[True]) == len(pairs[False]) == 1 and pairs[True] != pairs[False]:
        yield pairs[True].pop(), alike


def _is_of_classes(node: ast.Compare) -> bool:
    """Whether two things of one kind are compared: `labels[i] == labels[j]`, `a.y != b.y`."""
    one, other = (ast.unparse(each) for each in (node.left, node.comparators[0]))
    if one == other or re.search("pred|out|guess", one + other):
        return False
    plain = [re.sub(r"\d+|\b[a-z]\b|_[a-z]\b", "", each) for each in (one, other)]
    is_class = all(re.search(r"label|class|cls|target|_id|\[-?1\]$", each) for each in (one, other))
    return plain[0] == plain[1] and is_class


def _is_converted(node: ast.Compare, tree: ast.Module) -> bool:
    """Whether a comparison is made a number: `float(a == b)`, or `(a == b).float()`."""
    above = parents_in(tree).get(id(node))
    if isinstance(above, ast.Attribute):
        return above.attr in ("float", "long", "int", "astype")
    return isinstance(above, ast.Call) and called_name(above.func) in _CONVERTING


def _is_label(node: ast.Compare, tree: ast.Module) -> bool:
    """Whether a comparison is what a variable called a label is given, or is returned; no share."""
    above: ast.AST | None = node
    while above is not None and not isinstance(above, ast.stmt):
        if isinstance(above, ast.Attribute) and above.attr in ("mean", "sum", "item"):
            return False
        above = parents_in(tree).get(id(above))
    match above:
        case ast.Assign(targets=[target]):
            return bool(words_of(called_name(target)) & _LABELS)
    return isinstance(above, ast.Return)


def _label_given(block: list[ast.stmt]) -> int:
    """Return the 0 or 1 that a label is given in a block; -1 where there is none."""
    for node in block:
        match node:
            case ast.Assign(targets=[target], value=ast.Constant(value=int() | float() as value)):
                if words_of(called_name(target)) & _LABELS and value in (0, 1):
                    return int(value)
    return -1


def _is_turned_elsewhere(tree: ast.Module, found: _PairLoss) -> bool:
    """Whether something but the loss takes labels from 1, or negates."""
    for node in walk(tree):
        match node:
            case ast.BinOp(left=ast.Constant(), op=ast.Sub()) if id(node) not in found.parts:
                if any(words_of(called_name(each)) & _LABELS for each in _named(node.right)):
                    return True
            case ast.UnaryOp(op=ast.Invert() | ast.Not()):
                if any(words_of(called_name(each)) & _LABELS for each in _named(node.operand)):
                    return True
            case ast.Compare(left=left, comparators=[ast.Constant()]) if _is_converted(node, tree):
                if any(words_of(called_name(each)) & _LABELS for each in _named(left)):
                    return True  # `(y == 0).float()`
            case ast.Call(func=func) if called_name(func) in ("logical_not", "bitwise_not"):
                return True
    return False


def _named(node: ast.AST) -> Iterator[ast.expr]:
    return (each for each in walk(node) if isinstance(each, ast.Name | ast.Attribute))
