"""The divergence of a code of classes from its prior, as a product of a file has it."""

from __future__ import annotations

import ast
from functools import lru_cache

from backtrace.ledger.slip_kinds import SlipKind
from backtrace.recording.source.generators.divergences import (
    exponent_of,
    kind_of_divergence,
    sign_of_divergence,
)
from backtrace.recording.source.signed_uses import names_in
from backtrace.recording.source.source_file import (
    Given,
    Scope,
    called_name,
    given_once,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, walk

# What files say that make codes of rows, and rows of codes again.
_CODES = ("vae", "gumbel", "elbo", "recon")
# A divergence from the mean of all codes is what they tell of the rows: it may be made large.
_OF_ALL = word_set("mean marginal avg average aggregate aggregated agg bar mi mutual info")
_COUNTS = word_set("n num number k dim classes categories categorical embed size codes")


class Divergences:
    """The sums and products of a scope that are a divergence of codes, or minus one."""

    def __init__(self, scope: Scope) -> None:
        self._given: Given = given_once(scope)
        self._is_of_codes = _speaks_of_codes(scope.tree)

    def sign_of(self, node: ast.expr) -> int:
        """Return 1 of a divergence, -1 of minus one; 0 where an expression is neither."""
        return sign_of_divergence(node) or self._sign_of_product(node)

    def kind_of(self, node: ast.expr) -> SlipKind:
        """Return what it is called where its sign in a loss is wrong."""
        if sign_of_divergence(node):
            return kind_of_divergence(node)
        return "code-divergence" if self._sign_of_product(node) < 0 else "divergence-less"

    def _sign_of_product(self, node: ast.expr) -> int:
        """Return 1 of `q * (log_q - log_p)` and -1 of `q * (log_p - log_q)`, in any form."""
        if not self._is_of_codes:
            return 0
        match node:
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                for chance, logs in ((left, right), (right, left)):
                    value = self._follow(logs)
                    if not isinstance(chance, ast.Name | ast.Attribute) or _is_of_all(value):
                        continue
                    if sign := self._sign_of_logs(value, chance) or _sign_in_log(value, chance):
                        return sign
        return 0

    def _sign_of_logs(self, logs: ast.expr, chance: ast.expr) -> int:
        """Return the sign of `log_q - log_p`, 0 where an expression is no such thing."""
        match logs:
            case ast.BinOp(left=first, op=ast.Sub(), right=second):
                own = [self._is_log_of(each, chance) for each in (first, second)]
                if sum(own) == 1 and self._is_log(second if own[0] else first):
                    return 1 if own[0] else -1
            case ast.BinOp(left=first, op=ast.Add(), right=second):
                inner = _logged(self._follow(second))
                return int(
                    self._is_log_of(first, chance) and inner is not None and _is_count(inner)
                )
        return 0

    def _is_log_of(self, node: ast.expr, chance: ast.expr) -> bool:
        """Whether something is the logarithm of a chance: by what it was given, or by its name."""
        own, value = self._follow(chance), self._follow(node)
        inner = _logged(value)
        if inner is not None and _is(inner, chance):
            return True
        if called_name(getattr(value, "func", value)) == "log_softmax":
            return called_name(getattr(own, "func", own)) == "softmax" and _scores(own) == _scores(
                value
            )
        power = exponent_of(own)
        if power is not None and ast.unparse(power) == ast.unparse(node):
            return True
        if not isinstance(node, ast.Name | ast.Attribute) or value is not node:
            return False
        name, wanted = (ast.unparse(each).lower().replace("_", "") for each in (node, chance))
        return "log" in name and name.replace("log", "", 1) == wanted

    def _is_log(self, node: ast.expr) -> bool:
        """Whether something is a logarithm, whatever it is taken of."""
        value = self._follow(node)
        if isinstance(value, ast.UnaryOp):
            value = value.operand
        if isinstance(value, ast.Name | ast.Attribute):
            return "log" in ast.unparse(value).lower()
        return isinstance(value, ast.Call) and (
            _logged(value) is not None or called_name(value.func) == "log_softmax"
        )

    def _follow(self, node: ast.expr) -> ast.expr:
        return self._given.get(node.id, node) if isinstance(node, ast.Name) else node


def _is_of_all(logs: ast.expr) -> bool:
    return any(words_of(each) & _OF_ALL for each in names_in(logs))


def _is(node: ast.expr, chance: ast.expr) -> bool:
    return ast.unparse(_without_floor(node)) == ast.unparse(chance)


def _sign_in_log(logs: ast.expr, chance: ast.expr) -> int:
    """Return the sign of `log(q / p)` and of `log(q * classes)`."""
    match _logged(logs):
        case ast.BinOp(left=first, op=ast.Div(), right=second):
            own = [_is(each, chance) for each in (first, second)]
            return 0 if sum(own) != 1 else 1 if own[0] else -1
        case ast.BinOp(left=first, op=ast.Mult(), right=second):
            return int(_is(first, chance) and _is_count(second))
    return 0


def _logged(node: ast.expr) -> ast.expr | None:
    """Return what a logarithm is taken of, without what keeps it finite."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="torch" | "math" | "np" | "numpy"), attr="log"),
            args=[inner],
        ):
            return _without_floor(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr="log"), args=[], keywords=[]):
            return _without_floor(inner)
    return None


def _without_floor(node: ast.expr) -> ast.expr:
    """Return what a small number is added to, or what is held above one."""
    match node:
        case ast.BinOp(left=inner, op=ast.Add(), right=ast.Constant() | ast.Name() as floor):
            is_small = isinstance(floor, ast.Constant) or "eps" in floor.id.lower()
            return inner if is_small else node
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="torch"), attr="clamp"), args=[inner, *_]
        ):
            return inner
        case ast.Call(func=ast.Attribute(value=inner, attr="clamp" | "clamp_min" | "clip")):
            return inner
    return node


def _scores(node: ast.expr) -> str:
    """Return what a softmax is taken of."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch" | "F")), args=[scores, *_]):
            return ast.unparse(scores)
        case ast.Call(func=ast.Attribute(value=ast.Attribute()), args=[scores, *_]):
            return ast.unparse(scores)
        case ast.Call(func=ast.Attribute(value=scores)):
            return ast.unparse(scores)
    return ""


def _is_count(node: ast.expr) -> bool:
    """Whether something is a number of classes."""
    if isinstance(node, ast.Constant):
        return True
    named = isinstance(node, ast.Name | ast.Attribute)
    return named and any(words_of(each) & _COUNTS for each in names_in(node))


@lru_cache(maxsize=2)
def _speaks_of_codes(tree: ast.Module) -> bool:
    """Whether a file's functions, classes or names are of codes that rows are made of again."""
    for node in walk(tree):
        match node:
            case ast.ClassDef(name=name) | ast.Name(id=name) | ast.arg(arg=name):
                pass
            case ast.Attribute(attr=name):
                pass
            case _ if isinstance(node, Function):
                name = node.name
            case _:
                continue
        if any(each in name.lower() for each in _CODES):
            return True
    return False
