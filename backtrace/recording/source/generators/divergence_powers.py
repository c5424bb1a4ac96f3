"""Divergences from a standard normal whose terms do not belong together: a power is another one.

`1 + log_var - mu**2 - log_var.exp()` is least at a variance of 1, for the logarithm stands in it as
many times as its exponential has it: `2 * log_std` beside `(2 * log_std).exp()`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.generators.divergences import exponent_of, signed_terms, squared_in
from backtrace.recording.source.signed_uses import names_in
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Given,
    Scope,
    called_name,
    given_once,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import walk

_MEANS = word_set("mu mus mean means loc")
_WHOSE = word_set("z q latent posterior")
_SPREADS = ("log", "var", "sig", "std", "lv")
_TERMS = 4  # one, the logarithm of the variance, the squared mean and the variance
_MOST = 6  # powers, products and names that are followed, one in another


@dataclass(frozen=True)
class _Logarithm:
    """`times` the logarithm of something: of `of`, or `of` is the logarithm itself."""

    of: ast.expr
    times: float
    is_taken: bool

    @property
    def due(self) -> str:
        """What belongs beside it."""
        of = ast.unparse(self.of)
        if self.is_taken:
            return of if self.times == 1 else f"{of}.pow({self.times:g})"
        return f"{of}.exp()" if self.times == 1 else f"({self.times:g} * {of}).exp()"


def find_divergence_powers(scope: Scope) -> Iterator[Slip]:
    """Give each such divergence of a scope: what stands in it, and what belongs there."""
    seen: set[int] = set()
    for node in scope.nodes():
        if not isinstance(node, ast.BinOp):
            continue
        terms = signed_terms(node)
        ones = [each for each in terms if ast.unparse(each[1]) in ("1", "1.0")]
        if len(terms) != _TERMS or len(ones) != 1 or sum(sign for sign, _ in terms) != 0:
            continue
        (one,) = ones
        (log,) = (term for sign, term in terms if sign == one[0] and term is not one[1])
        first, second = (term for sign, term in terms if sign != one[0])
        for mean, spread in ((first, second), (second, first)):
            found = _find_wrong(log, mean, spread, scope)
            if found is not None and node.lineno not in seen:
                seen.add(node.lineno)
                yield Slip(node.lineno, "divergence-power", found[0][:LONGEST], found[1][:LONGEST])


def _find_wrong(
    log: ast.expr, mean: ast.expr, spread: ast.expr, scope: Scope
) -> tuple[str, str] | None:
    """Return what is in the place of something else, and that; None where all may be well."""
    one = _read_logarithm(log)
    if not any(part in name.lower() for name in names_in(one.of) for part in _SPREADS):
        return None
    power = _power_of(spread, one, given_once(scope), _MOST)
    if squared_in(mean) is None:
        is_bare = power == one.times and _is_bare_mean(mean, scope)
        return (ast.unparse(mean), f"{ast.unparse(mean)}.pow(2)") if is_bare else None
    inner = squared_in(spread)
    if any(each is not None and _is_same(each, log) for each in (spread, inner)):
        return ast.unparse(spread), one.due
    is_more = power is not None and power > one.times  # with less, a prior's variance may be larger
    return (ast.unparse(spread), one.due) if is_more else None


def _read_logarithm(node: ast.expr) -> _Logarithm:
    """Return what a term is the logarithm of, and times what; one by name where none is taken."""
    times, inner = _multiple(node)
    match inner:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="torch"), attr="log") | ast.Name(id="log"),
            args=[of],
        ):
            pass
        case ast.Call(func=ast.Attribute(value=of, attr="log"), args=[]):
            pass
        case _:
            return _Logarithm(inner, times, is_taken=False)
    square = squared_in(of)
    return _Logarithm(of, times, True) if square is None else _Logarithm(square, times * 2, True)


def _multiple(node: ast.expr) -> tuple[float, ast.expr]:
    """Return what an expression is, and times what."""
    match node:
        case (
            ast.BinOp(left=ast.Constant(value=int() | float() as number), op=ast.Mult(), right=of)
            | ast.BinOp(left=of, op=ast.Mult(), right=ast.Constant(value=int() | float() as number))
            | ast.Call(
                func=ast.Attribute(value=of, attr="mul"),
                args=[ast.Constant(value=int() | float() as number)],
            )
        ):
            return number, of
        case ast.BinOp(
            left=of, op=ast.Div(), right=ast.Constant(value=int() | float() as number)
        ) if number:
            return 1 / number, of
    return 1.0, node


def _power_of(node: ast.expr, one: _Logarithm, given: Given, most: int) -> float | None:
    """Return the power of the exponential of a logarithm that an expression is; None of others."""
    if not most:
        return None
    if one.is_taken and _is_same(node, one.of):
        return 1.0
    inner = exponent_of(node)
    if inner is not None:
        times, of = _multiple(inner)
        return times if not one.is_taken and _is_same(of, one.of) else None
    square = squared_in(node)
    if square is not None:
        power = _power_of(square, one, given, most - 1)
        return None if power is None else 2 * power
    if isinstance(node, ast.Name) and node.id in given:
        return _power_of(given[node.id], one, given, most - 1)
    return None


def _is_bare_mean(node: ast.expr, scope: Scope) -> bool:
    """Whether it is called a mean, and nothing that it is given is a square."""
    match node:
        case ast.Name(id=name):
            words = words_of(name)
            is_mean = bool(words & _MEANS) and words <= _MEANS | _WHOSE
            return is_mean and not any(_may_square(each, name) for each in scope.statements())
    return False


def _may_square(statement: ast.stmt, name: str) -> bool:
    """Whether a statement writes to a name, or changes it in place, and has a power or product."""
    nodes = list(walk(statement))
    called = {called_name(each.func) for each in nodes if isinstance(each, ast.Call)}
    has_product = any(isinstance(each, ast.Pow | ast.Mult) for each in nodes)
    is_written = any(
        isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Store)
        for each in nodes
    )
    if is_written and (has_product or called & {"pow", "square"}):
        return True
    return bool(called & {"pow_", "square_"})


def _is_same(one: ast.expr, other: ast.expr) -> bool:
    return ast.unparse(one) == ast.unparse(other)
