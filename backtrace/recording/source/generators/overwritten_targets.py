"""Targets that are corrupted in place for the model's input: they are one and the same tensor."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.generators.noised_targets import (
    DRAWS,
    comparisons,
    is_drawn,
    is_loss,
    is_mask,
    unshaped,
)
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Given,
    Scope,
    called_name,
    given_once,
    names_in,
    word_set,
)
from backtrace.recording.source.walks import walk

_FILLS = word_set("masked_fill_ masked_scatter_ index_fill_")
_LIBRARIES = word_set("torch np numpy F math")
_COPIES = word_set("clone copy deepcopy")


def find_overwritten_targets(scope: Scope) -> Iterator[Slip]:
    """Give each `x[drawn] = 0` after which a model is given `x`, and its output compared with `x`.

    What is drawn is where it is written, or what is. Nothing copied `x` before, and what compares
    reads no mask: the places that are left may be all that it counts.
    """
    statements = scope.statements()
    drawn, given = _drawn_names(statements), given_once(scope)
    for node in statements:
        name = _corrupted(node, drawn, given)
        if not name or _is_copied(statements, name):
            continue
        later = [each for each in statements if each.lineno > (node.end_lineno or node.lineno)]
        compared = _compared(later, {name} | _aliases(statements, name), drawn)
        if compared is not None and not _is_chosen_behind(later, compared, drawn - {name}):
            yield Slip(node.lineno, "target-overwritten", name, ast.unparse(compared)[:LONGEST])
            return


def _is_chosen_behind(later: list[ast.stmt], compared: ast.expr, drawn: set[str]) -> bool:
    """Whether what is drawn, or made of it, is read once more behind the comparison."""
    return any(
        names_in(each) & drawn
        for statement in later
        if (statement.end_lineno or statement.lineno) >= compared.lineno
        for each in ast.iter_child_nodes(statement)
        if isinstance(each, ast.expr)
    )


def _drawn_names(statements: tuple[ast.stmt, ...]) -> set[str]:
    """Return the names that are given something with a draw in it, or made of such a name."""
    found: set[str] = set()
    for node in statements:
        if isinstance(node, ast.Assign) and (is_drawn(node.value) or names_in(node.value) & found):
            is_made = isinstance(node.value, ast.Call) and not _is_of_library(node.value)
            if not is_made or is_drawn(node.value):
                found |= {each.id for each in node.targets if isinstance(each, ast.Name)}
    return found


def _corrupted(node: ast.stmt, drawn: set[str], given: Given) -> str:
    """Return the name of what a statement writes into by chance; '' of others.

    What is turned, moved or made brighter by chance is no worse a target: it is read as well.
    """
    match node:
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name), slice=at)], value=value):
            is_draw = isinstance(value, ast.Call) and called_name(value.func) in DRAWS
            is_other = is_draw or name not in names_in(value)
            parts: list[ast.expr] = [at, value] if is_other else []
        case (
            ast.AugAssign(target=ast.Name(id=name), op=ast.Mult(), value=value)
            | ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr="mul_"), args=[value]
                )
            )
        ):
            parts = [value] if is_mask(value, given) else []
        case ast.Expr(
            value=ast.Call(
                func=ast.Attribute(value=ast.Name(id=name), attr=method), args=[value, *_]
            )
        ) if method in _FILLS:
            parts = [value]
        case _:
            return ""
    by_chance = any(is_drawn(each) or names_in(each) & (drawn - {name}) for each in parts)
    return name if by_chance else ""


def _is_copied(statements: tuple[ast.stmt, ...], name: str) -> bool:
    """Whether a name is made by a copy or of nothing, is copied, or is given something twice."""
    given = [
        each.value
        for node in statements
        if isinstance(node, ast.Assign)
        for each in [node]
        if any(isinstance(t, ast.Name) and t.id == name for t in node.targets)
    ]
    if len(given) > 1 or any(isinstance(unshaped(each), ast.Call) for each in given):
        return True
    return any(
        isinstance(each, ast.Call) and called_name(each.func) in _COPIES and name in names_in(each)
        for node in statements
        for each in walk(node)
    )


def _aliases(statements: tuple[ast.stmt, ...], name: str) -> set[str]:
    """Return the names that are given the very tensor, in another shape or not."""
    return {
        target.id
        for node in statements
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name)
        for target in node.targets
        if node.value.id == name and isinstance(target, ast.Name)
    }


def _compared(later: list[ast.stmt], same: set[str], drawn: set[str]) -> ast.expr | None:
    """Return what compares a model's output with the corrupted; None where other targets are."""
    inputs, made, found = set(same), set[str](), None
    for node in later:
        for one, other, whole in comparisons(node):
            sides = [unshaped(one), unshaped(other)]
            kept = [isinstance(each, ast.Name) and each.id in same for each in sides]
            outputs = [_is_made(each, inputs, made) for each in (one, other)]
            if sum(outputs) != 1:
                continue
            if not any(kept) or names_in(node) & drawn or _is_each(whole):
                return None
            found = found or whole
        if isinstance(node, ast.Assign):
            stored = {
                each.id for t in node.targets for each in walk(t) if isinstance(each, ast.Name)
            }
            if _is_made(node.value, inputs, made):
                made |= stored
            elif names_in(node.value) & inputs and not _is_loss_in(node.value):
                inputs |= stored
            same -= stored
    return found


def _is_made(node: ast.expr, inputs: set[str], made: set[str]) -> bool:
    """Whether something is what a model of the script's makes of the inputs, in any shape."""
    node = unshaped(node)
    match node:
        case ast.Name(id=name):
            return name in made
        case ast.Subscript(value=value):
            return _is_made(value, inputs, made)
        case ast.Call() if not is_loss(node.func) and not _is_of_library(node):
            given = [*node.args, *(each.value for each in node.keywords)]
            return any(names_in(each) & (inputs | made) for each in given)
    return False


def _is_loss_in(node: ast.expr) -> bool:
    """Whether a loss is called in an expression."""
    return any(isinstance(each, ast.Call) and is_loss(each.func) for each in walk(node))


def _is_of_library(call: ast.Call) -> bool:
    """Whether torch or NumPy is called, or a method of what is no model."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=name)):
            return name in _LIBRARIES
        case ast.Attribute(value=ast.Attribute(value=ast.Name(id=name))):
            return name in _LIBRARIES
    return False


def _is_each(node: ast.expr) -> bool:
    """Whether a loss is kept for each element: what follows may choose of them."""
    return isinstance(node, ast.Call) and any(
        isinstance(each.value, ast.Constant) and each.value.value == "none"
        for each in node.keywords
    )
