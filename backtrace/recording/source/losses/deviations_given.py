"""Gaussian likelihoods that are given a deviation where the variance belongs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from backtrace.recording.source.generators.divergences import exponent_of, signed_terms, squared_in
from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.signed_uses import names_in
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import walk

_FUNCTION, _MODULE = "gaussian_nll_loss", "GaussianNLLLoss"
_DEVIATIONS = word_set("std stds stdev stddev sigma sigmas sd deviation deviations")
_SURE = _DEVIATIONS - word_set("sigma sigmas")
_VARIANCES = ("var", "sq", "2", "cov")
_CALLED = word_set("var vars variance variances")
_ROOTS = word_set("sqrt rsqrt sqrt_")


def find_deviations_given(scope: Scope) -> Iterator[Slip]:
    """Give each Gaussian likelihood of a scope that has a deviation for its variance.

    It is called so, is the exponential of what is called its logarithm, or the root of what is
    called a variance, and nothing squares it.
    A file that takes the root of what is called so has variances of that name.
    """
    calls = [n for n in scope.nodes() if isinstance(n, ast.Call)]
    modules = _modules_in(scope.tree) if calls else set()
    values: LastGiven | None = None
    for call in calls:
        given = _variance_of(call, modules)
        if given is not None:
            values = values or LastGiven(scope.tree, scope.node)
            if _is_deviation(given, values, scope.tree):
                yield Slip(call.lineno, "deviation-given", ast.unparse(given)[:LONGEST], _FUNCTION)
    for node in scope.nodes():
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            found = _find_unsquared(node)
            if found is not None:
                values = values or LastGiven(scope.tree, scope.node)
                if _is_deviation(found, values, scope.tree):
                    told = ast.unparse(found)[:LONGEST]
                    yield Slip(node.lineno, "deviation-given", told)


@lru_cache(maxsize=2)
def _modules_in(tree: ast.Module) -> set[str]:
    """Return what a file gives a module of that likelihood to: `criterion`, `self.nll`."""
    return {
        ast.unparse(target)
        for node in walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and called_name(node.value.func) == _MODULE
        for target in node.targets
    }


def _variance_of(call: ast.Call, modules: set[str]) -> ast.expr | None:
    """Return what a likelihood takes for the variance; None of another call."""
    is_made = isinstance(call.func, ast.Call) and called_name(call.func.func) == _MODULE
    is_one = called_name(call.func) == _FUNCTION or is_made
    if not is_one and not (modules and ast.unparse(call.func) in modules):
        return None
    named = [word.value for word in call.keywords if word.arg == "var"]
    return named[0] if named else call.args[2] if len(call.args) > 2 else None


def _is_deviation(node: ast.expr, values: LastGiven, tree: ast.Module) -> bool:
    """Whether something is called a deviation, and is given nothing that tells otherwise."""
    inner = _peel(node)
    if _is_root_of_variance(_peel(values.follow(inner))):
        return not any(_writes(each, ast.unparse(inner)) for each in walk(tree))
    raised = exponent_of(inner)
    if raised is not None:
        return isinstance(raised, ast.Name | ast.Attribute) and _is_called_so(raised, log=True)
    if isinstance(inner, ast.Call) and called_name(inner.func) == "softplus" and inner.args:
        return _is_called_so(inner.args[0])
    if not isinstance(inner, ast.Name | ast.Attribute) or not _is_called_so(inner):
        return False
    text = ast.unparse(inner)
    if any(_is_root_of(each, text) or _writes(each, text) for each in walk(tree)):
        return False
    given = values.follow(inner)
    is_sure = bool(words_of(called_name(inner).lower()) & _SURE)
    is_clear = is_sure or not any(_is_of_variance(each) for each in walk(tree))
    return is_clear and (given is inner or not _may_be_variance(given))


def _is_root_of_variance(node: ast.expr) -> bool:
    """Whether something is `exp(0.5 * log_var)`, or the root of what is called a variance."""
    match exponent_of(node):
        case (
            ast.BinOp(left=ast.Constant(value=0.5), op=ast.Mult(), right=half)
            | ast.BinOp(left=half, op=ast.Mult(), right=ast.Constant(value=0.5))
            | ast.BinOp(left=half, op=ast.Div(), right=ast.Constant(value=2 | 2.0))
        ):
            return _is_called_variance(half, log=True)
    match node:
        case (
            ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr="sqrt"), args=[square])
            | ast.Call(func=ast.Attribute(value=square, attr="sqrt"), args=[])
        ):
            return _is_called_variance(square)
    return False


def _is_called_variance(node: ast.expr, *, log: bool = False) -> bool:
    """Whether a name is that of a variance, or of its logarithm."""
    if not isinstance(node, ast.Name | ast.Attribute):
        return False
    words = words_of(called_name(node).lower().replace("logvar", "log_var"))
    return bool(words & _CALLED) and ("log" in words) == log


def _is_of_variance(node: ast.AST) -> bool:
    """Whether something is called a variance: then a file may call the same sigma as well."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
            return any(word.startswith(("var", "logvar")) for word in words_of(name))
    return False


def _peel(node: ast.expr) -> ast.expr:
    """Return what only a shape, a floor or a small number is put upon."""
    while True:
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in word_set(
                "squeeze unsqueeze clamp clamp_min view reshape expand expand_as flatten float"
            ):
                node = inner
            case ast.BinOp(left=inner, op=ast.Add(), right=ast.Constant()):
                node = inner
            case ast.Subscript(value=inner):
                node = inner
            case _:
                return node


def _is_called_so(node: ast.expr, *, log: bool = False) -> bool:
    """Whether a name is that of a deviation, or of its logarithm."""
    if not isinstance(node, ast.Name | ast.Attribute):
        return False
    name = called_name(node).lower()
    words = words_of(name.replace("logstd", "log_std").replace("logsigma", "log_sigma"))
    is_other = any(part in word for word in words for part in _VARIANCES)
    return bool(words & _DEVIATIONS) and ("log" in words) == log and not is_other


def _may_be_variance(given: ast.expr) -> bool:
    """Whether what a name is given is a square, or is made of what is called a variance."""
    return any(
        isinstance(each, ast.Pow)
        or (isinstance(each, ast.Call) and called_name(each.func) in ("pow", "square", "var"))
        or (isinstance(each, ast.BinOp) and isinstance(each.op, ast.Mult) and _is_doubled(each))
        for each in walk(given)
    ) or any("var" in name.lower() for name in names_in(given))


def _is_doubled(product: ast.BinOp) -> bool:
    """Whether a product is a square, or twice a logarithm: what it makes may be a variance."""
    sides = (ast.unparse(product.left), ast.unparse(product.right))
    return sides[0] == sides[1] or bool({"2", "2.0"} & set(sides))


def _is_root_of(node: ast.AST, text: str) -> bool:
    """Whether a root is taken of something: a variance by whatever name."""
    if not isinstance(node, ast.Call) or called_name(node.func) not in _ROOTS:
        return False
    parts = [node.func.value] if isinstance(node.func, ast.Attribute) else []
    return any(ast.unparse(_peel(each)) == text for each in [*parts, *node.args])


def _writes(node: ast.AST, text: str) -> bool:
    """Whether a line changes something where it stands: `sigma *= sigma`, `sigma.pow_(2)`."""
    match node:
        case ast.AugAssign(target=target):
            return ast.unparse(target) == text
        case ast.Call(func=ast.Attribute(value=inner, attr="pow_" | "square_" | "mul_")):
            return ast.unparse(inner) == text
    return False


def _find_unsquared(node: ast.BinOp) -> ast.expr | None:
    """Return the deviation of `log(s) + error ** 2 / (2 * s)`, whose square belongs there."""
    logs, errors = [], []
    for sign, term in signed_terms(node):
        of = _logarithm(term)
        if of is not None:
            logs.append((sign, of))
        error = _halved_error(term)
        if error is not None:
            errors.append((sign, error))
    if len(logs) != 1 or len(errors) != 1 or logs[0][0] != errors[0][0]:
        return None
    log, error = logs[0][1], errors[0][1]
    return error if ast.unparse(log) == ast.unparse(error) else None


def _logarithm(node: ast.expr) -> ast.expr | None:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr="log"), args=[of]):
            return of
        case ast.Call(func=ast.Attribute(value=of, attr="log"), args=[]):
            return of
    return None


def _halved_error(node: ast.expr) -> ast.expr | None:
    """Return by what half of a squared difference is divided."""
    match node:
        case ast.BinOp(left=top, op=ast.Div(), right=below):
            pass
        case _:
            return None
    times = 1.0
    match top:
        case ast.BinOp(left=ast.Constant(value=0.5), op=ast.Mult(), right=inner):
            top, times = inner, 0.5
    match below:
        case (
            ast.BinOp(left=ast.Constant(value=2 | 2.0), op=ast.Mult(), right=of)
            | ast.BinOp(left=of, op=ast.Mult(), right=ast.Constant(value=2 | 2.0))
        ):
            below, times = of, times / 2
    square = squared_in(top)
    is_error = square is not None and any(isinstance(each, ast.Sub) for each in walk(square))
    return below if is_error and times == 0.5 else None
