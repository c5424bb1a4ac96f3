"""Averages of parameters that forget the old, keep nothing but it, or run away from the model."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.linear_forms import Form, Forms, KnownNumbers, words_in
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, names_in, parents_in, word_set, words_of
from backtrace.recording.source.walks import walk

_OF_MODELS = word_set("parameters named_parameters state_dict buffers values items")
_PARAMETERS = word_set("params parameters weights")
_AVERAGES = word_set(
    "ema avg average averaged shadow target targets tgt teacher polyak slow smoothed swa momentum"
)
_FORGETS = 0.2  # an average that keeps no more of itself than this is no average
_NEAR = 1e-6


def find_averages(scope: Scope) -> Iterator[Slip]:
    """Give the updates of averages that keep next to nothing or all, or have a wrong sign."""
    numbers: KnownNumbers | None = None
    for loop in scope.nodes():
        if isinstance(loop, ast.DictComp) and _goes_through_models(loop.generators[0].iter):
            yield from _find_own_mixes(loop)
        if not isinstance(loop, ast.For) or not _goes_through_models(loop.iter):
            continue
        yield from _find_own_mixes(loop)
        numbers = numbers or KnownNumbers(scope.tree)
        slip = _judge(loop, numbers, scope)
        if slip is not None:
            yield slip


def _find_own_mixes(loop: ast.AST) -> Iterator[Slip]:
    """Give each `(1 - t) * p + t * p` in a loop through parameters, which is `p` again."""
    for node in walk(loop):
        match node:
            case ast.BinOp(
                left=ast.BinOp(op=ast.Mult()) as one,
                op=ast.Add(),
                right=ast.BinOp(op=ast.Mult()) as other,
            ):
                for data, share in _factors(one):
                    for again, rest in _factors(other):
                        if ast.dump(data) == ast.dump(again) and _add_up(share, rest):
                            yield Slip(node.lineno, "own-mix", ast.unparse(data)[:LONGEST])


def _factors(product: ast.BinOp) -> tuple[tuple[ast.expr, ast.expr], ...]:
    return (product.left, product.right), (product.right, product.left)


def _add_up(share: ast.expr, rest: ast.expr) -> bool:
    """Whether one of two shares is 1 less the other."""
    return _is_rest(share, rest) or _is_rest(rest, share)


def _is_rest(rest: ast.expr, share: ast.expr) -> bool:
    match rest, share:
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=taken), _:
            return ast.dump(taken) == ast.dump(share)
        case ast.Constant(value=float(a)), ast.Constant(value=float(b)):
            return abs(a + b - 1) < _NEAR
    return False


def _judge(loop: ast.For, numbers: KnownNumbers, scope: Scope) -> Slip | None:
    """Return what is wrong with a loop: it must be so whatever the unknown numbers are."""
    samples = [Forms(loop, numbers, sample).read() for sample in (0, 1)]
    for one, other in zip(*samples, strict=True):
        kept, new, beside = _weights(one.target, one.form)
        again, anew, _ = _weights(other.target, other.form)
        if not beside or "grad" in words_in(beside):
            continue
        if one.is_known and 0 < kept <= _FORGETS and abs(kept + new - 1) < _NEAR:
            return Slip(one.line, "average", f"{kept:g}", f"{new:g}")
        runs = _runs_away(kept, new) and _runs_away(again, anew)
        if runs and _is_average(one.target, loop, scope):
            return Slip(one.line, "runaway", one.target[:LONGEST], beside[:LONGEST])
    return None


def _weights(target: str, form: Form) -> tuple[float, float, str]:
    """Return the weights of the average and of the one thing beside it, '' where it is not one."""
    others = [name for name in form if name != target and form[name]]
    if len(others) != 1 or not others[0]:
        return 0.0, 0.0, ""
    return form.get(target, 0.0), form[others[0]], others[0]


def _runs_away(kept: float, new: float) -> bool:
    """Whether the new is taken away from what is kept, or overshot."""
    is_minus = 0 < kept < 1 and abs(new - (kept - 1)) < _NEAR
    return is_minus or (abs(kept + new - 1) < _NEAR and (new < -_NEAR or kept < -_NEAR))


def _is_average(target: str, loop: ast.For, scope: Scope) -> bool:
    """Whether what is written to is an average by its name, or by that of what holds it."""
    if words_in(target) & _AVERAGES or words_in(_holder(target, loop)) & _AVERAGES:
        return True
    around = {*words_of(scope.name)}
    above = parents_in(scope.tree).get(id(scope.node))
    if isinstance(above, ast.ClassDef):
        around |= {word for word in _AVERAGES if word in above.name.lower()}
    return bool(around & _AVERAGES)


def _holder(target: str, loop: ast.For) -> str:
    """Return what a variable of the loop is taken from: the part of a `zip` in its place."""
    names = loop.target.elts if isinstance(loop.target, ast.Tuple) else [loop.target]
    match loop.iter:
        case ast.Call(func=ast.Name(id="zip"), args=args) if len(args) == len(names):
            for name, part in zip(names, args, strict=True):
                if target in names_in(name):
                    return ast.unparse(part)
            return ""
    return ast.unparse(loop.iter)


def _goes_through_models(node: ast.expr) -> bool:
    for each in walk(node):
        match each:
            case ast.Call(func=ast.Attribute(attr=name)) if name in _OF_MODELS:
                return True
            case ast.Name(id=name) | ast.Attribute(attr=name) if words_of(name) & _PARAMETERS:
                return True
    return False
