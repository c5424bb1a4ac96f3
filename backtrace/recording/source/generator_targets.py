"""A generator whose loss has the targets that its judge learns for what is generated."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, own_nodes

_FILLS = {"zeros": 0, "zeros_like": 0, "new_zeros": 0, "ones": 1, "ones_like": 1, "new_ones": 1}
_GIVEN = frozenset({"full", "full_like", "new_full"})  # with the number as the second argument
_SHAPES = frozenset({"view", "reshape", "squeeze", "flatten"})
_ENOUGH = 3  # of what is real, of what is made, and the generator's own
_LOSSES = ("bce", "criterion", "loss", "binary_cross_entropy", "mse")


@dataclass(frozen=True)
class _OpinionLoss:
    """A loss of what a judge says of `given`, which is detached or not, and its targets."""

    call: ast.Call
    judge: str
    given: str
    is_detached: bool
    target: int


def find_generator_targets(scope: Scope) -> Iterator[Slip]:
    """Give losses of `judge(fake)` with zeros, where `judge(fake.detach())` has zeros, too.

    The same judge must learn ones for something else, and nothing in the scope may be turned
    round: neither a minus before such a loss, nor targets that are written over.
    """
    found = list(_find_judged(scope))
    if len(found) < _ENOUGH or _is_turned(scope, found):
        return
    for each in found:
        alike = [other for other in found if other.judge == each.judge]
        is_taught = any(
            other.is_detached and (other.given, other.target) == (each.given, each.target)
            for other in alike
        )
        has_real = any(o.given != each.given and o.target != each.target for o in alike)
        is_only = sum(o.given == each.given and not o.is_detached for o in alike) == 1
        if is_taught and has_real and is_only and not each.is_detached:
            yield Slip(each.call.lineno, "generator", ast.unparse(each.call)[:LONGEST], each.judge)


def _find_judged(scope: Scope) -> Iterator[_OpinionLoss]:
    losses = [node for node in scope.nodes() if _is_loss(node)]
    if len(losses) < _ENOUGH:  # as in nearly every function: the file need not be gone through
        return
    values = _values_of(scope)
    for node in losses:
        match node:
            case ast.Call(args=[said, target]):
                fill, opinion = _fill_of(target, values), _opinion(said, values)
                if fill is None or opinion is None:
                    continue
                judge, given = opinion
                match given:
                    case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="detach")):
                        yield _OpinionLoss(node, judge, name, True, fill)
                    case ast.Name(id=name):
                        yield _OpinionLoss(node, judge, name, False, fill)


def _values_of(scope: Scope) -> dict[str, ast.expr]:
    """Return what each name is given that is written to once, here or in the file's own lines."""
    values: dict[str, ast.expr] = {}
    for nodes in (own_nodes(scope.tree), scope.nodes()):
        here: dict[str, list[ast.expr]] = {}
        for node in nodes:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    here.setdefault(name, []).append(value)
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)):
                    if method.endswith("_"):  # `label.fill_(1)`
                        here.setdefault(name, []).extend((node, node))
        for name, given in here.items():
            values.pop(name, None)
            if len(given) == 1:
                values[name] = given[0]
    return values


def _is_loss(node: ast.AST) -> bool:
    """Whether a call of two things has the name of a loss."""
    match node:
        case ast.Call(func=func, args=[_, _], keywords=[]):
            name = ast.unparse(func).rpartition(".")[2].lower()
            return any(word in name for word in _LOSSES)
    return False


def _fill_of(target: ast.expr, values: dict[str, ast.expr]) -> int | None:
    """Return 0 or 1 where the targets are all that."""
    if isinstance(target, ast.Name) and target.id in values:
        target = values[target.id]
    match target:
        case ast.Call(func=ast.Attribute(value=inner, attr="to" | "cuda" | "requires_grad_")):
            return _fill_of(inner, {})
        case ast.Call(func=ast.Attribute(attr=name), args=[_, ast.Constant(value=number), *_]):
            if name in _GIVEN and isinstance(number, int | float):
                return int(number) if number in (0, 1) else None
            return _FILLS.get(name)
        case ast.Call(func=ast.Attribute(attr=name)):
            return _FILLS.get(name)
        case ast.Constant(value=bool() as is_real):  # of a function that makes the targets
            return int(is_real)
    return None


def _opinion(said: ast.expr, values: dict[str, ast.expr]) -> tuple[str, ast.expr] | None:
    """Return a judge, and what it is asked about, of `judge(fake).view(-1)` or a name of that."""
    if isinstance(said, ast.Name) and said.id in values:
        said = values[said.id]
    while isinstance(said, ast.Call) and isinstance(said.func, ast.Attribute):
        if said.func.attr not in _SHAPES:
            break
        said = said.func.value
    match said:
        case ast.Call(func=ast.Name() | ast.Attribute() as judge, args=[given], keywords=[]):
            return ast.unparse(judge), given
    return None


def _is_turned(scope: Scope, found: list[_OpinionLoss]) -> bool:
    """Whether there is a minus before anything in the scope that is made of such losses."""
    calls = {id(each.call) for each in found}
    names = {
        target.id
        for node in scope.nodes()
        if isinstance(node, ast.Assign) and any(id(each) in calls for each in ast.walk(node.value))
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in scope.nodes():
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=under) | ast.BinOp(op=ast.Sub(), right=under):
                inside = list(ast.walk(under))
                if any(
                    id(n) in calls or (isinstance(n, ast.Name) and n.id in names) for n in inside
                ):
                    return True
            case ast.keyword(arg="maximize"):
                return True
    return False
