"""Entropies that are made of log-probabilities, and stand in a loss as if they were to be small."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from backtrace.recording.source.linear_forms import KnownNumbers
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    called_name,
    word_set,
    words_of,
)

_LOGS = ("log_prob", "logprob", "logp", "log_pi", "logpi", "log_softmax")
_OTHER_LOGS = word_set("old expert demo target ref reference behavior behaviour teacher prior")
_ENTROPY = word_set("entropy ent entropies")
_NO_BONUS = word_set("target cross min minimize")
_WEIGHTS = word_set("coef coeff weight beta alpha scale w c2 eta lam lmbda") | _ENTROPY
_GAINS = word_set(
    "adv advs advantage advantages ret rets return returns reward rewards delta deltas td gae "
    "r g discounted"
)
_CHANCES = word_set("p pi prob probs probabilities softmax")
_KEEPING = word_set("mean sum squeeze unsqueeze view reshape float flatten")
_MOST = 24  # terms of a sum


@dataclass(frozen=True)
class _SignedTerm:
    """A product in a sum, with its sign, and the words of the names that it has had."""

    sign: int
    factors: tuple[ast.expr, ...]
    words: frozenset[str]
    line: int


def find_entropy_signs(scope: Scope) -> Iterator[Slip]:
    """Give each term of a policy's loss that makes an entropy of log-probabilities small.

    The loss has minus a log-probability times an advantage, and minus another product with one,
    which a name calls an entropy: so both make what was done more likely.
    """
    reader = _SignedTerms(scope)
    told: set[int] = set()
    for term, beside in reader.find():
        if term.line not in told:
            told.add(term.line)
            text = " * ".join(ast.unparse(each) for each in term.factors)
            yield Slip(term.line, "entropy-sign", f"-{text}"[:LONGEST], beside)


class _SignedTerms:
    """Reads the sums of a scope in the order of its lines."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._known: dict[str, list[_SignedTerm]] = {}
        self._numbers: KnownNumbers | None = None

    def find(self) -> Iterator[tuple[_SignedTerm, str]]:
        """Give the terms that have a wrong sign, each with the loss that it is in."""
        for statement in self._scope.statements():
            match statement:
                case ast.AugAssign(target=ast.Name(id=name), op=ast.Add() | ast.Sub() as op):
                    sign = 1 if isinstance(op, ast.Add) else -1
                    more = self._terms(statement.value, sign)
                    self._known[name] = (self._known.get(name, []) + more)[:_MOST]
                    yield from self._wrong(name)
                case ast.Assign():
                    for target, value in assigned_pairs(statement):
                        if isinstance(target, ast.Name):
                            own = words_of(target.id)
                            self._known[target.id] = [
                                replace(each, words=each.words | own)
                                for each in self._terms(value, 1)
                            ]
                            yield from self._wrong(target.id)
                case ast.Expr(value=ast.Call(func=ast.Attribute(value=root, attr="backward"))):
                    self._known[""] = self._terms(root, 1)
                    yield from self._wrong("")
                case ast.Return(value=ast.expr() as returned) if "loss" in self._scope.name:
                    self._known[""] = self._terms(returned, 1)
                    yield from self._wrong("")

    def _wrong(self, name: str) -> Iterator[tuple[_SignedTerm, str]]:
        if name and not any(word.startswith("loss") for word in words_of(name)):
            return
        terms = self._known[name]
        if not any(each.sign < 0 and _is_gain(each) for each in terms):
            return
        for term in terms:
            if term.sign < 0 and _is_entropy(term) and not self._is_turned(term):
                yield term, name or "the loss"

    def _is_turned(self, term: _SignedTerm) -> bool:
        """Whether a weight may be below zero."""
        self._numbers = self._numbers or KnownNumbers(self._scope.tree)
        known = [self._numbers.value_of(called_name(each)) for each in term.factors]
        return any(each is not None and each < 0 for each in known)

    def _terms(self, node: ast.expr, sign: int) -> list[_SignedTerm]:
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
            case ast.Name(id=name) if self._known.get(name):
                return self._stood_for(node, sign)
        is_turned = isinstance(node, ast.Constant) and _is_below_zero(node.value)
        return [_SignedTerm(-sign if is_turned else sign, (node,), frozenset(), node.lineno)]

    def _stood_for(self, node: ast.Name, sign: int) -> list[_SignedTerm]:
        """Return what a name was given; the name itself, where it tells more than one factor."""
        known, own = self._known[node.id], words_of(node.id)
        tells = _is_log(node) or own & (_GAINS | _CHANCES)
        if tells and len(known) == 1 and len(known[0].factors) == 1:
            return [_SignedTerm(known[0].sign * sign, (node,), own, node.lineno)]
        return [replace(each, sign=each.sign * sign, words=each.words | own) for each in known]

    def _product(self, left: ast.expr, right: ast.expr, sign: int) -> list[_SignedTerm]:
        one, other = self._terms(left, sign), self._terms(right, 1)
        if min(len(one), len(other)) > 1:
            return [_SignedTerm(0, (), frozenset(), left.lineno)]
        return [
            _SignedTerm(a.sign * b.sign, a.factors + b.factors, a.words | b.words, left.lineno)
            for a in one
            for b in other
        ]


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


def _is_log(node: ast.expr) -> bool:
    """Whether something is a log-probability by its name, or by that of what gave it."""
    name = _name_of(node)
    return any(part in name for part in _LOGS) and not words_of(name) & _OTHER_LOGS


def _name_of(node: ast.expr) -> str:
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr="detach" | "to" | "unsqueeze")):
            return _name_of(inner)
        case ast.Call(func=func):
            return called_name(func).lower()
        case ast.Subscript(value=inner):
            return _name_of(inner)
    return called_name(node).lower()


def _is_gain(term: _SignedTerm) -> bool:
    """Whether a log-probability is multiplied by an advantage or a return, and nothing unknown."""
    logs = [each for each in term.factors if _is_log(each)]
    words = term.words.union(*(words_of(_name_of(each)) for each in term.factors))
    return len(logs) == 1 and len(term.factors) > 1 and bool(words & _GAINS)


def _is_entropy(term: _SignedTerm) -> bool:
    """Whether a log-probability has weights alone, or its own chance, and is called an entropy."""
    others = [each for each in term.factors if not _is_log(each)]
    words = term.words.union(*(words_of(_name_of(each)) for each in others))
    is_weighed = all(
        isinstance(each, ast.Constant) or words_of(_name_of(each)) & (_WEIGHTS | _CHANCES)
        for each in others
    )
    is_called = bool(words & _ENTROPY) and not words & _NO_BONUS
    return len(others) == len(term.factors) - 1 and is_weighed and is_called
