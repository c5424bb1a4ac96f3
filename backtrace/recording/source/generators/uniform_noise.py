"""Noise that is drawn between 0 and 1 where a normal draw is meant: of a VAE, or of a diffusion."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.signed_uses import names_in
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import walk

_UNIFORM = word_set("rand rand_like")
_NOISE = word_set("noise noises eps epsilon epsilons e")
_MEANS = word_set("mu mus mean means loc")
_SPREADS = word_set("std stds stdev stddev sigma sigmas deviation")
_LOGS = ("log", "var", "sig", "std")
_SCALES = word_set("sqrt alpha alphas abar bar sigma")
_ADDING = word_set("q_sample add_noise forward_diffusion diffuse perturb noise_images noise_image")
_LOSSES = ("loss", "criterion", "mse", "l1")


def find_uniform_noise(scope: Scope) -> Iterator[Slip]:
    """Give each such draw, where a deviation multiplies it, or a diffusion predicts it.

    A deviation is the exponential of a logarithm. What a diffusion predicts is mixed with data by
    roots of a schedule, or given to what does that; where the file draws normal noise nowhere, the
    uniform one may be its own.
    """
    drawn = _draws(scope)
    for node in scope.nodes():
        match node:
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                for mean, product in ((left, right), (right, left)):
                    found = _scaled(scope, product, drawn)
                    if found and _last_words(mean) & _MEANS:
                        yield Slip(found[0], "uniform", found[1], found[2])
    if drawn and _draws_normal(scope):
        for name, (line, call) in drawn.items():
            if words_of(name) & _NOISE and _is_target(scope, name) and _is_mixed(scope, name):
                yield Slip(line, "uniform", call)


def _draws(scope: Scope) -> dict[str, tuple[int, str]]:
    """Return the names that are drawn between 0 and 1 and never anything else."""
    found: dict[str, tuple[int, str]] = {}
    stores: dict[str, int] = {}
    for node in scope.nodes():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func) as call):
                if called_name(func) in _UNIFORM:
                    found[name] = call.lineno, ast.unparse(func)
            case ast.Name(id=name, ctx=ast.Store()):
                stores[name] = stores.get(name, 0) + 1
    return {name: drawn for name, drawn in found.items() if stores.get(name) == 1}


def _scaled(
    scope: Scope, product: ast.expr, drawn: dict[str, tuple[int, str]]
) -> tuple[int, str, str] | None:
    """Return the line and the call of a draw that a deviation multiplies, and the deviation."""
    match product:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            for noise, spread in ((left, right), (right, left)):
                at = _draw_of(noise, drawn)
                if at is not None and _is_spread(scope, spread):
                    return *at, ast.unparse(spread)
    return None


def _draw_of(node: ast.expr, drawn: dict[str, tuple[int, str]]) -> tuple[int, str] | None:
    match node:
        case ast.Name(id=name):
            return drawn.get(name)
        case ast.Call(func=func) if called_name(func) in _UNIFORM:
            return node.lineno, ast.unparse(func)
    return None


def _is_spread(scope: Scope, node: ast.expr) -> bool:
    """Whether it is the exponential of a logarithm, or what is called a deviation and is one."""
    match node:
        case ast.Call():
            return _is_exponential(node)
        case ast.Name(id=name) if words_of(name) & _SPREADS:
            return any(
                isinstance(each, ast.Assign)
                and any(isinstance(t, ast.Name) and t.id == name for t in each.targets)
                and _is_exponential(each.value)
                for each in scope.nodes()
            )
    return False


def _is_exponential(node: ast.expr) -> bool:
    for each in walk(node):
        if isinstance(each, ast.Call) and called_name(each.func) in ("exp", "exp_"):
            return any(part in name.lower() for name in names_in(each) for part in _LOGS)
    return False


def _last_words(node: ast.expr) -> frozenset[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return words_of(name)
    return frozenset()


def _draws_normal(scope: Scope) -> bool:
    return any(
        isinstance(node, ast.Call) and called_name(node.func) in ("randn", "randn_like")
        for node in walk(scope.tree)
    )


def _is_target(scope: Scope, name: str) -> bool:
    """Whether a loss compares something with it, or a function returns it beside a mixture."""
    for node in scope.nodes():
        match node:
            case ast.Call(func=func, args=[first, second, *_]):
                if called_name(func).lower().endswith(_LOSSES) and name in map(
                    _id, (first, second)
                ):
                    return True
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                sides = {_id(left): right, _id(right): left}
                if name in sides and isinstance(sides[name], ast.Call | ast.Name):
                    return True
            case ast.Return(value=ast.Tuple(elts=given)):
                if name in map(_id, given):
                    return True
    return False


def _is_mixed(scope: Scope, name: str) -> bool:
    """Whether it is added to data, both by roots of a schedule, or given to what adds it."""
    for node in scope.nodes():
        match node:
            case ast.BinOp(
                left=ast.BinOp(op=ast.Mult()) as left,
                op=ast.Add(),
                right=ast.BinOp(op=ast.Mult()) as right,
            ):
                names = [set(names_in(each)) for each in (left, right)]
                if sum(name in each for each in names) == 1 and all(
                    any(_is_of_schedule(scope, each) for each in some) for some in names
                ):
                    return True
            case ast.Call(func=func, args=args, keywords=keywords):
                given = [*args, *(each.value for each in keywords)]
                if called_name(func) in _ADDING and name in map(_id, given):
                    return True
    return False


def _is_of_schedule(scope: Scope, name: str) -> bool:
    """Whether a name is one of a schedule's, or is taken from one."""
    if words_of(name) & _SCALES:
        return True
    return any(
        isinstance(node, ast.Assign)
        and any(_id(each) == name for each in node.targets)
        and any(words_of(each) & _SCALES for each in names_in(node.value))
        for node in scope.nodes()
    )


def _id(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""
