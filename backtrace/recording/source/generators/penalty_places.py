"""Gradient penalties between what is real and what is made, at places that are drawn amiss."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from backtrace.recording.source.bound_calls import arguments_of, bound_calls
from backtrace.recording.source.generators.gradient_penalties import is_gradient
from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set
from backtrace.recording.source.walks import Function, walk

_SAME = word_set(
    "cuda to cpu float double half type type_as requires_grad_ detach clone contiguous"
)
_WRAPS = word_set("Variable Tensor FloatTensor tensor as_tensor from_numpy")
_UNIFORM = word_set("rand rand_like random random_sample uniform_")
_NORMAL = word_set("randn randn_like normal_ standard_normal")
_DRAWS = _UNIFORM | _NORMAL | word_set("uniform normal bernoulli")
_LIKE = word_set("rand_like randn_like")
_DEEPEST = 8  # names that are followed, one in another
# What tells of a generator, or of the penalty, in names.
_MADE = re.compile(r"(?i:fake|synth|generated|generator|gen_|_gen\b|\bgen\b|netg\b)|\bG(_\w+)?\(")
_PENALTY = re.compile(r"(?i)penalty|(^|_)gp($|_)|(^|_)pen($|_)")
Mixture = tuple[ast.expr, ast.expr, ast.expr]  # the number, and what it mixes


class _Names(LastGiven):
    """What names were given last, other than themselves on another device, or of another type."""

    def __init__(self, tree: ast.Module, scope: ast.AST, outside: LastGiven | None = None) -> None:
        super().__init__(tree, scope, outside)
        for name, given in self._given.items():
            given[:] = [each for each in given if not _is_name(_bare(each[1]), name)]

    def origin(self, node: ast.expr) -> ast.expr:
        """Return what an expression stands for, device and type aside."""
        for _ in range(_DEEPEST):
            node = _bare(node)
            found = self.follow(node)
            if found is node:
                break
            node = found
        return node


def find_penalty_places(scope: Scope) -> Iterator[Slip]:
    """Give each draw that mixes two things by a number per element, or by a normal one.

    Only where the gradient by the mixture is taken with a graph in the same function; the number
    may come from the calls of it. `every` is the number of axes, where they are written one by one.
    """
    taken = [node for node in scope.nodes() if isinstance(node, ast.Call) and is_gradient(node)]
    if not taken:
        return
    tree = scope.tree
    top = _Names(tree, tree)
    values = _Names(tree, scope.node, top)
    told: set[int] = set()
    for call in taken:
        for by in _inputs_of(call):
            mixture = mixture_of(values.origin(by), values)
            if mixture is None or not _is_of_made(mixture, scope, values):
                continue
            for draw, texts, names in _drawn(mixture, scope, values, top):
                slip = _slip_of(draw, texts, names)
                if slip is not None and slip.line not in told:
                    told.add(slip.line)
                    yield slip


def _inputs_of(call: ast.Call) -> list[ast.expr]:
    """Return by what a gradient is taken."""
    given = call.args[1:2] + [each.value for each in call.keywords if each.arg == "inputs"]
    return [
        part
        for each in given
        for part in (each.elts[:1] if isinstance(each, ast.List | ast.Tuple) else [each])
    ]


def _drawn(
    mixture: Mixture, scope: Scope, values: _Names, top: _Names
) -> Iterator[tuple[ast.Call, set[str], _Names]]:
    """Give the draws that a number may be, what is mixed as it is called there, and the names."""
    number = values.origin(mixture[0])
    texts = {text for each in mixture[1:] for text in _texts(each, values)}
    if isinstance(number, ast.Call):
        yield number, texts, values
    function = scope.node
    if not isinstance(number, ast.Name) or not isinstance(function, Function):
        return
    if number.id not in arguments_of(function):
        return
    for node in walk(scope.tree):
        if not isinstance(node, Function | ast.Module):
            continue
        outside = top if node is scope.tree else _Names(scope.tree, node, top)
        for given, _ in bound_calls(scope.tree, node, function):
            draw = outside.origin(given[number.id]) if number.id in given else None
            if isinstance(draw, ast.Call):
                handed = {
                    text
                    for name, each in given.items()
                    if name in texts
                    for text in _texts(each, outside)
                }
                yield draw, handed, outside


def mixture_of(node: ast.expr, values: LastGiven) -> Mixture | None:
    """Return the number and the two sides of `a * x + (1 - a) * y`, however it is written."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr="lerp"), args=[a, b, w]):
            return w, a, b
        case ast.Call(func=ast.Attribute(value=a, attr="lerp"), args=[b, w]):
            return w, a, b
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _weighed(left, right, values) or _moved(left, right, values)
    return None


def _weighed(left: ast.expr, right: ast.expr, values: LastGiven) -> Mixture | None:
    for one, other in ((left, right), (right, left)):
        for number, first in _factors(one):
            for rest, second in _factors(other):
                if _is_rest(rest, number, values):
                    return number, first, second
    return None


def _moved(left: ast.expr, right: ast.expr, values: LastGiven) -> Mixture | None:
    """Return what `x + a * (y - x)` is a mixture of."""
    for base, product in ((left, right), (right, left)):
        for number, way in _factors(product):
            match values.follow(way):
                case ast.BinOp(left=end, op=ast.Sub(), right=start):
                    if ast.unparse(_bare(start)) == ast.unparse(_bare(base)):
                        return number, base, end
    return None


def _factors(node: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return [(left, right), (right, left)]
    return []


def _is_rest(node: ast.expr, number: ast.expr, values: LastGiven) -> bool:
    """Whether something is 1 less a number."""
    match values.follow(node):
        case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=right):
            return ast.unparse(right) == ast.unparse(number)
    return False


def _is_of_made(mixture: Mixture, scope: Scope, values: _Names) -> bool:
    """Whether names tell that one side is made by a generator, and not of the other with noise.

    Points between two corners are drawn in the same way, and may have a number for each axis.
    """
    sides = mixture[1:]
    told = {text for each in sides for text in _texts(each, values)}
    is_told = any(map(_MADE.search, told)) or bool(_PENALTY.search(scope.name))
    return is_told and not any(_is_perturbed(each, values) for each in sides)


def _is_perturbed(side: ast.expr, values: _Names, most: int = _DEEPEST) -> bool:
    """Whether a side is a sum with noise: the other one, perturbed, which may be in any way."""
    match values.origin(side):
        case ast.BinOp(left=left, right=right):
            return most > 0 and any(_is_perturbed(each, values, most - 1) for each in (left, right))
        case ast.Call(func=func):
            return called_name(func) in _DRAWS
    return False


def _slip_of(draw: ast.Call, texts: set[str], names: _Names) -> Slip | None:
    call = _inner_draw(draw)
    if call is None:
        return None
    kind, size = called_name(call.func), _size_of(call)
    written = ast.unparse(call)[:LONGEST]
    if kind in _NORMAL:
        return Slip(call.lineno, "mixed-by-normal", written)
    axes = _axes_of(size, texts, names)
    return None if axes is None else Slip(call.lineno, "mixed-by-element", written, "", axes)


def _inner_draw(call: ast.Call) -> ast.Call | None:
    """Return the draw itself, of `torch.Tensor(np.random.random(size))` as well."""
    for _ in range(_DEEPEST):
        name = called_name(call.func)
        if name in _UNIFORM | _NORMAL:
            return call
        inner = call.args[0] if name in _WRAPS and call.args else None
        if not isinstance(inner, ast.Call):
            return None
        call = inner
    return None


def _size_of(call: ast.Call) -> list[ast.expr]:
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Call() as made, attr="uniform_" | "normal_")):
            return list(made.args)
    named = [each.value for each in call.keywords if each.arg == "size"]
    return named or list(call.args)


def _axes_of(size: list[ast.expr], texts: set[str], names: _Names) -> int | None:
    """Return the number of axes of a size that is as large as what is mixed; 0: it is the same.

    None of others: of what ends in an axis of 1, and of what is not known.
    """
    if len(size) == 1:
        given = size[0].value if isinstance(size[0], ast.Starred) else size[0]
        followed = names.follow(given)
        match followed:
            case ast.Attribute(value=of, attr="shape"):
                return 0 if ast.unparse(_bare(of)) in texts else None
            case ast.Call(func=ast.Attribute(value=of, attr="size"), args=[]):
                return 0 if ast.unparse(_bare(of)) in texts else None
            case ast.Tuple(elts=size) | ast.List(elts=size):
                pass
            case _:
                return 0 if ast.unparse(_bare(given)) in texts else None
    known = [names.follow(each) for each in size]
    is_whole = len(size) > 1 and not any(isinstance(each, ast.Starred) for each in size)
    if not is_whole or (isinstance(known[-1], ast.Constant) and known[-1].value == 1):
        return None
    return len(size)


def _texts(node: ast.expr, values: LastGiven) -> set[str]:
    """Return how something is written, and what its name stands for."""
    bare = _bare(node)
    return {ast.unparse(bare), ast.unparse(_bare(values.follow(bare)))}


def _bare(node: ast.expr) -> ast.expr:
    """Return an expression without its device, its type, and whether it has a gradient."""
    for _ in range(_DEEPEST):
        match node:
            case ast.Attribute(value=inner, attr="data"):
                node = inner
            case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in _SAME:
                node = inner
            case ast.Call(func=func, args=[ast.Name() | ast.BinOp() as inner, *_]) if (
                called_name(func) in _WRAPS
            ):
                node = inner
            case _:
                break
    return node


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
