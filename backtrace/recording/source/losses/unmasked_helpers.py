"""Functions that give a share of right answers, of a target that a loss may leave places out of."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.lines.right_answers import bare_text, compared_sides, reduced
from backtrace.recording.source.losses.unmasked_scores import (
    is_parted,
    is_said,
    is_size,
    is_written_between,
    losses_in,
)
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    given_once,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_MASKS = word_set(
    "mask masks pad pads padding ignore ignored ignoring valid special lengths weight"
)


def find_unmasked_helpers(scope: Scope) -> Iterator[Slip]:
    """Give the line of a function that scores all places of what it is given as a target.

    Where it is called, a loss is called on the same target: whether that leaves any places out is
    for the run to tell.
    """
    function = scope.node
    if not isinstance(function, Function) or any(map(_is_mask, scope.nodes())):
        return
    given = [each.arg for each in function.args.args]
    if given[:1] in (["self"], ["cls"]):
        given = given[1:]
    found = _scored(scope, given)
    if found is None:
        return
    line, target = found
    for caller in walk(scope.tree):
        if isinstance(caller, Function | ast.Module) and caller is not function:
            near = _loss_beside(caller, function.name, given.index(target), target)
            if near:
                yield Slip(line, "unmasked-score", target, str(near))
                return


def _is_mask(node: ast.AST) -> bool:
    """Whether something may leave places out: a mask, by its name or as it is made."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
            return bool(words_of(name) & _MASKS)
        case ast.Compare(ops=[ast.NotEq() | ast.Gt() | ast.GtE()]):
            return True
        case ast.Call(func=func):
            return called_name(func) in ("ne", "masked_select", "nonzero", "zip")
        case ast.Subscript():
            return is_parted(node)
    return False


def _scored(scope: Scope, given: list[str]) -> tuple[int, str] | None:
    """Return the line that compares an argument with what is said, and the argument."""
    parents = parents_in(scope.tree)
    for node in scope.nodes():
        sides = compared_sides(node)
        if sides is None or not isinstance(node, ast.expr):
            continue
        for one, other in (sides, sides[::-1]):
            name = bare_text(other)
            if name in given and _is_kept(scope, name) and is_said(scope, one):
                how, whole = reduced(node, parents)
                if how == "mean" or _is_divided(scope, how, whole, name, parents):
                    return node.lineno, name
    return None


def _is_kept(scope: Scope, name: str) -> bool:
    """Whether an argument is given nothing else, but for another shape of itself."""
    for node in scope.nodes():
        match node:
            case ast.Assign(targets=targets, value=value):
                is_written = any(ast.unparse(each) == name for each in targets)
                if is_written and bare_text(value) != name:
                    return False
            case ast.AugAssign(target=ast.Name(id=written)) if written == name:
                return False
    return True


def _is_divided(
    scope: Scope, how: str, whole: ast.AST, name: str, parents: dict[int, ast.AST]
) -> bool:
    """Whether a count, or the variable that holds it, is divided by how many places there are."""
    counts, sizes = given_once(scope), given_once(scope)
    above = parents.get(id(whole))
    holder = ast.unparse(above.targets[0]) if isinstance(above, ast.Assign) else ""
    for node in scope.nodes():
        match node:
            case ast.BinOp(op=ast.Div(), left=left, right=right) if how == "sum":
                size = sizes.get(right.id, right) if isinstance(right, ast.Name) else right
                is_count = left is whole or (holder in counts and _held(left) == holder)
                if is_count and is_size(size, name):
                    return True
            case ast.Call(func=ast.Attribute(value=ast.Name(id=held), attr="mean"), args=[]):
                if not how and held == holder and holder in counts:
                    return True
    return False


def _held(node: ast.expr) -> str:
    """Return the name of a count: `right` of `right.item()` and of `float(right)`."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr="item" | "float" | "double"), args=[]):
            return _held(inner)
        case ast.Call(func=ast.Name(id="float"), args=[inner]):
            return _held(inner)
    return bare_text(node)


def _loss_beside(caller: ast.AST, name: str, place: int, parameter: str) -> int:
    """Return the line of a loss on the target that a call hands on, 0 where there is none."""
    nodes = list(own_nodes(caller))
    losses = list(losses_in(nodes))
    for node in nodes if losses else ():
        if not isinstance(node, ast.Call) or called_name(node.func) != name:
            continue
        words = {each.arg: each.value for each in node.keywords}
        given = words.get(parameter, node.args[place] if len(node.args) > place else None)
        target = "" if given is None else bare_text(given)
        for loss, line in losses:
            is_same = loss == target and not is_written_between(nodes, target, line, node.lineno)
            if is_same and not any(is_parted(each) for each in node.args):
                return line
    return 0
