"""Whether an expression is a divergence from a reference or minus one, and what it is made of."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.generators.divergences import exponent_of, signed_terms, squared_in
from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.source_file import called_name, word_set, words_of
from backtrace.recording.source.walks import Function, own_nodes, walk

DIVERGENCES = word_set("kl kld kls kldiv klds kl1 kl2 kl3 kldivergence")
_KEEPING = word_set(
    "mean sum squeeze unsqueeze view reshape float flatten clamp clip contiguous nan_to_num to"
)
_REFERENCE = word_set("ref refs reference sft base init initial frozen")
_ROOTS = word_set("torch th F np")
_MEANS = word_set("mean sum average avg agg aggregate reduce")
_DEEPEST = 8
Found = tuple[int, frozenset[str]]


def signs_and_words(node: ast.expr, tree: ast.Module, values: LastGiven) -> Found:
    """Return 1 of a divergence, -1 of minus one, 0 of what is unsure, and the words of its parts.

    It is a call of what is called one, the difference of two log-probabilities of which a
    reference's is taken away, its square, or `exp(d) - d - 1`.
    """
    reader = _DivergenceReader(tree, set())
    return reader.sign_of(node, values, _DEEPEST), frozenset(reader.words)


@dataclass(frozen=True)
class _DivergenceReader:
    """Follows an expression, and the functions of its file, and keeps the `words` on the way."""

    tree: ast.Module
    words: set[str]

    def sign_of(self, node: ast.expr, values: LastGiven, most: int) -> int:
        self.words.update(_words_in(node))
        if not most:
            return 0
        inner, factor = _unwrapped(node, values)
        if inner is not None:
            return factor * self.sign_of(inner, values, most - 1)
        match node:
            case ast.BinOp(left=left, op=ast.Mult(), right=right) if squared_in(node) is None:
                sides = [self.sign_of(each, values, most - 1) for each in (left, right)]
                return sum(sides) if 0 in sides else 0
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return self._sign_of_sum(node, values)
            case ast.Call() if squared_in(node) is None:
                return self._sign_of_call(node, values, most)
        return int(squared_in(node) is not None)

    def _sign_of_sum(self, node: ast.expr, values: LastGiven) -> int:
        """Return 1 of `exp(d) - d - 1` and of `log_p - ref_log_p`, -1 of either turned round."""
        terms = signed_terms(node)
        for sign, term in terms:
            given = values.follow(term)
            self.words.update(_words_in(given))
            power = exponent_of(given)
            rest = sorted((-s * sign, ast.unparse(each)) for s, each in terms if each is not term)
            if power is not None and rest == sorted([(1, "1"), *_texts_of(power)]):
                return sign
        refs = [sign for sign, term in terms if _words_in(term) & _REFERENCE]
        is_pair = sorted(sign for sign, _ in terms) == [-1, 1]
        return -refs[0] if is_pair and len(refs) == 1 else 0

    def _sign_of_call(self, node: ast.Call, values: LastGiven, most: int) -> int:
        name = called_name(node.func)
        is_named = bool(words_of(name) & DIVERGENCES)
        own = [each for each in walk(self.tree) if isinstance(each, Function) and each.name == name]
        if own and is_named:
            signs = {sign for each in own for sign in self._signs_of_returns(each, most)}
            return 1 if 1 in signs and -1 not in signs else -1 if signs == {-1} else 0
        if node.args and words_of(name) & _MEANS:  # `masked_mean(kl, mask)`
            return self.sign_of(node.args[0], values, most - 1)
        return int(is_named)

    def _signs_of_returns(self, function: ast.AST, most: int) -> Iterator[int]:
        inside = LastGiven(self.tree, function)
        for node in own_nodes(function):
            if isinstance(node, ast.Return) and node.value is not None:
                yield self.sign_of(node.value, inside, most - 1)


def _texts_of(node: ast.expr) -> list[tuple[int, str]]:
    return [(sign, ast.unparse(each)) for sign, each in signed_terms(node)]


def _unwrapped(node: ast.expr, values: LastGiven) -> tuple[ast.expr | None, int]:
    """Return what an expression is but for its shape and its scale, and with which sign."""
    match node:
        case ast.Name():
            given = values.follow(node)
            return (given if given is not node else None), 1
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return inner, -1
        case ast.BinOp(left=inner, op=ast.Div()):
            return inner, 1
        case ast.Call(func=ast.Attribute(value=ast.Name(id=root), attr=attr), args=[inner, *_]):
            if root in _ROOTS:
                return (inner if attr in _KEEPING else None), 1
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in _KEEPING:
            return inner, 1
    return None, 1


def _words_in(node: ast.AST) -> frozenset[str]:
    found: set[str] = set()
    for each in walk(node):
        match each:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str() as name):
                found |= words_of(name)
            case ast.keyword(arg=str() as name):
                found |= words_of(name)
    return frozenset(found)
