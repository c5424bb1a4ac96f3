"""Loaders that a loop goes through side by side, the one for inputs and the other for targets."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.data.passes import FORMS
from backtrace.recording.source.data.shuffled_apart import belong_together
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    called_name,
    names_in,
    word_set,
)
from backtrace.recording.source.walks import own_nodes, walk

_AROUND = word_set("enumerate tqdm track")
_KEPT = FORMS | word_set("squeeze unsqueeze view reshape flatten")


def find_zipped_loaders(scope: Scope) -> Iterator[Slip]:
    """Give each `for x, y in zip(a, b)` that holds what is made of `x` against `y`.

    `every` is the line of the call that does: only a run tells whether it is a loss, and whether
    both loaders draw their orders. Generators that are handed to loaders may draw them alike.
    """
    for loop in scope.nodes():
        if not isinstance(loop, ast.For) or (sides := _sides(loop)) is None:
            continue
        for (one, inputs), (other, targets) in (sides, sides[::-1]):
            line = _held_against(loop, inputs, targets)
            if line and not _may_draw_alike(scope.tree):
                names = ast.unparse(one)[:LONGEST], ast.unparse(other)[:LONGEST]
                yield Slip(loop.iter.lineno, "zipped-loaders", *names, line)


_Side = tuple[ast.expr, set[str]]


def _sides(loop: ast.For) -> tuple[_Side, _Side] | None:
    """Return the two that a loop goes through, each with its names; None of any other loop."""
    over, target = loop.iter, loop.target
    while isinstance(over, ast.Call) and over.args and called_name(over.func) in _AROUND:
        if called_name(over.func) == "enumerate" and isinstance(target, ast.Tuple):
            target = target.elts[-1]
        over = over.args[0]
    match over, target:
        case ast.Call(func=ast.Name(id="zip"), args=[one, other]), ast.Tuple(elts=[left, right]):
            parts = names_in(left), names_in(right)
            if _is_named(one) and _is_named(other):
                return (one, parts[0]), (other, parts[1])
    return None


def _is_named(loader: ast.expr) -> bool:
    return isinstance(loader, ast.Name | ast.Attribute)


def _held_against(loop: ast.For, inputs: set[str], targets: set[str]) -> int:
    """Return the line of the call that is given what is made of inputs beside targets; else 0."""
    pairs = [(x, y) for x in inputs for y in targets if belong_together(x, y)]
    if len(pairs) != 1:
        return 0
    ((x, y),) = pairs
    plain, made, wanted = {x}, set[str](), {y}
    inside = [each for each in own_nodes(loop) if isinstance(each, ast.stmt)]
    for node in sorted(inside, key=lambda each: each.lineno):
        for call in walk(node) if not hasattr(node, "body") else ():
            if isinstance(call, ast.Call) and _compares(call, plain, made, wanted):
                return call.lineno
        for target, value in assigned_pairs(node):
            kind = _kind_of(value, plain, made, wanted)
            written = names_in(target)
            plain, made, wanted = plain - written, made - written, wanted - written
            if kind == "made":
                made |= written
            elif kind == "wanted":
                wanted |= written
            elif kind == "plain":
                plain |= written
    return 0


def _kind_of(value: ast.expr, plain: set[str], made: set[str], wanted: set[str]) -> str:
    """Return whether something is inputs, made of them, or targets; '' of anything else."""
    names = names_in(value)
    if _is_made(value, plain, made):
        return "made"
    if names & wanted:
        return "wanted" if _is_kept(value) else ""
    return "plain" if names & plain else ""


def _compares(call: ast.Call, plain: set[str], made: set[str], wanted: set[str]) -> bool:
    parts = [*call.args, *(each.value for each in call.keywords)]
    has_made = any(_is_made(each, plain, made) for each in parts)
    return has_made and any(names_in(each) & wanted and _is_kept(each) for each in parts)


def _is_made(value: ast.expr, plain: set[str], made: set[str]) -> bool:
    """Whether a call makes something of inputs: a model's, not another form of them."""
    if names_in(value) & made:
        return True
    calls = [node for node in walk(value) if isinstance(node, ast.Call)]
    making = [node for node in calls if called_name(node.func) not in _KEPT]
    return any(names_in(each) & plain for node in making for each in node.args)


def _is_kept(value: ast.expr) -> bool:
    """Whether something is what it was in another form, as `y.to(device)`."""
    calls = [each for each in walk(value) if isinstance(each, ast.Call)]
    return all(called_name(each.func) in _KEPT for each in calls)


def _may_draw_alike(tree: ast.Module) -> bool:
    return any(
        (isinstance(node, ast.keyword) and node.arg == "generator")
        or (isinstance(node, ast.Constant) and node.value == "generator")
        for node in walk(tree)
    )
