"""The sums that losses are, each term with its sign and the names that it has had."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from backtrace.recording.source.linear_forms import KnownNumbers
from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    called_name,
    word_set,
    words_of,
)

_LOGS = ("log_prob", "logprob", "logp", "log_pi", "logpi", "log_softmax")
_OTHER_LOGS = word_set("old expert demo target ref reference behavior behaviour teacher prior")
GAINS = word_set(
    "adv advs advantage advantages ret rets return returns reward rewards delta deltas td gae "
    "r g discounted"
)
CHANCES = word_set("p pi prob probs probabilities softmax")
_KEEPING = word_set("mean sum squeeze unsqueeze view reshape float flatten")
_MOST = 24  # terms of a sum


@dataclass(frozen=True)
class SignedTerm:
    """A product in a sum, with its sign, and the words of the names that it has had."""

    sign: int
    factors: tuple[ast.expr, ...]
    words: frozenset[str]
    line: int

    @property
    def all_words(self) -> frozenset[str]:
        """The words of its names and of its factors' names."""
        return self.words.union(*(words_of(name_of(each)) for each in self.factors))


class SignedSums:
    """Reads the sums of a scope in the order of its lines."""

    def __init__(self, scope: Scope, whole: frozenset[str] = frozenset()) -> None:
        """Take names that have a word of `whole` as they are, whatever they stand for."""
        self._scope = scope
        self._whole = whole
        self._known: dict[str, list[SignedTerm]] = {}
        self._numbers: KnownNumbers | None = None

    def read(self) -> Iterator[tuple[str, list[SignedTerm]]]:
        """Give each name with what it is the sum of so far; '' is what goes backward.

        What a function returns goes backward if it is called a loss.
        """
        for statement in self._scope.statements():
            match statement:
                case ast.AugAssign(target=ast.Name(id=name), op=ast.Add() | ast.Sub() as op):
                    sign = 1 if isinstance(op, ast.Add) else -1
                    more = self._terms(statement.value, sign)
                    self._known[name] = (self._known.get(name, []) + more)[:_MOST]
                    yield name, self._known[name]
                case ast.Assign():
                    for target, value in assigned_pairs(statement):
                        if isinstance(target, ast.Name):
                            own = words_of(target.id)
                            self._known[target.id] = [
                                replace(each, words=each.words | own)
                                for each in self._terms(value, 1)
                            ]
                            yield target.id, self._known[target.id]
                case ast.Expr(value=ast.Call() as call) if (root := _root_of(call)) is not None:
                    yield "", self._terms(root, 1)
                case ast.Return(value=ast.expr() as returned) if "loss" in self._scope.name:
                    if isinstance(returned, ast.Tuple) and returned.elts:
                        returned = returned.elts[0]
                    yield "", self._terms(returned, 1)

    def is_turned(self, term: SignedTerm) -> bool:
        """Whether a weight may be below zero."""
        self._numbers = self._numbers or KnownNumbers(self._scope.tree)
        known = [self._numbers.value_of(called_name(each)) for each in term.factors]
        return any(each is not None and each < 0 for each in known)

    def _terms(self, node: ast.expr, sign: int) -> list[SignedTerm]:
        """Return the terms of a sum, names replaced by what they stand for."""
        inner = _unreduced(node)
        if inner is not node:
            return self._terms(inner, sign)
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self._terms(operand, -sign)
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
                other = sign if isinstance(op, ast.Add) else -sign
                return (self._terms(left, sign) + self._terms(right, other))[:_MOST]
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return self._product(left, right, sign)
            case ast.Name(id=name) if self._known.get(name) and not words_of(name) & self._whole:
                return self._stood_for(node, sign)
        is_turned = isinstance(node, ast.Constant) and _is_below_zero(node.value)
        return [SignedTerm(-sign if is_turned else sign, (node,), frozenset(), node.lineno)]

    def _stood_for(self, node: ast.Name, sign: int) -> list[SignedTerm]:
        """Return what a name was given; the name itself, where it tells more than one factor."""
        known, own = self._known[node.id], words_of(node.id)
        tells = is_log(node) or own & (GAINS | CHANCES)
        if tells and len(known) == 1 and len(known[0].factors) == 1:
            return [SignedTerm(known[0].sign * sign, (node,), own, node.lineno)]
        return [replace(each, sign=each.sign * sign, words=each.words | own) for each in known]

    def _product(self, left: ast.expr, right: ast.expr, sign: int) -> list[SignedTerm]:
        one, other = self._terms(left, sign), self._terms(right, 1)
        if min(len(one), len(other)) > 1:
            return [SignedTerm(0, (), frozenset(), left.lineno)]
        return [
            SignedTerm(a.sign * b.sign, a.factors + b.factors, a.words | b.words, left.lineno)
            for a in one
            for b in other
        ]


def _root_of(call: ast.Call) -> ast.expr | None:
    """Return what goes backward in a call, without a scaler's scale."""
    match call:
        case ast.Call(func=ast.Attribute(value=root, attr="backward"), args=[]):
            pass
        case ast.Call(func=ast.Attribute(attr="backward"), args=[root]):  # an accelerator's
            pass
        case _:
            return None
    match root:
        case ast.Call(func=ast.Attribute(attr="scale"), args=[inner]):
            return inner
    return root


def _unreduced(node: ast.expr) -> ast.expr:
    """Return what a mean or a sum is taken of, or what is divided; of others, itself."""
    match node:
        case ast.BinOp(left=left, op=ast.Div()):
            return left
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr=attr), args=[of, *_]):
            return of if attr in _KEEPING else node
        case ast.Call(func=ast.Attribute(value=of, attr=attr)):
            return of if attr in _KEEPING else node
    return node


def _is_below_zero(value: object) -> bool:
    return isinstance(value, int | float) and value < 0


def is_log(node: ast.expr) -> bool:
    """Whether something is a log-probability by its name, or by that of what gave it."""
    name = name_of(node)
    return any(part in name for part in _LOGS) and not words_of(name) & _OTHER_LOGS


def name_of(node: ast.expr) -> str:
    """Return the name of something, or of what gave it, in small letters."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr="detach" | "to" | "unsqueeze")):
            return name_of(inner)
        case ast.Call(func=func):
            return called_name(func).lower()
        case ast.Subscript(value=inner):
            return name_of(inner)
    return called_name(node).lower()
