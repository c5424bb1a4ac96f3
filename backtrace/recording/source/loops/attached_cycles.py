"""ignite's schedules that are counted in batches and attached to epochs, or the other way round."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.imports import packages_in
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name
from backtrace.recording.source.walks import walk

_CYCLES = {"LinearCyclicalScheduler": 4, "CosineAnnealingScheduler": 4}  # the place of their size
_PIECES = "PiecewiseLinear"
_MILESTONES = 2
_EVENTS = {"EPOCH_STARTED": True, "EPOCH_COMPLETED": True, "ITERATION_STARTED": False}
_EVENTS |= {"ITERATION_COMPLETED": False}


def find_attached_cycles(scope: Scope) -> Iterator[Slip]:
    """Give each line that attaches such a schedule, `beside` the length that it is given."""
    if scope.name or "ignite" not in packages_in(scope.tree):
        return
    tree = scope.tree
    loaders, epochs = _runs(tree)
    for node in walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="add_event_handler"),
                args=[ast.Attribute(attr=event), ast.Name(id=name), *_],
            ) if event in _EVENTS:
                length = _last(_length_of(name, tree), tree)
                if length is None:
                    continue
                if _EVENTS[event] and _counted(length) & loaders:
                    yield Slip(node.lineno, "cycle-of-batches", name, ast.unparse(length))
                elif not _EVENTS[event] and ast.unparse(length) in epochs:
                    yield Slip(node.lineno, "cycle-of-epochs", name, ast.unparse(length))


def _runs(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Return what engines go through, and the names of how many epochs they are given."""
    loaders, epochs = set(), set()
    for node in walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="run"), args=args, keywords=keywords):
                named = {each.arg: each.value for each in keywords}
                loaders |= {ast.unparse(each) for each in [*args[:1], named.get("data")] if each}
                turns = named.get("max_epochs", args[1] if len(args) > 1 else None)
                if isinstance(turns, ast.Name | ast.Attribute):
                    epochs.add(ast.unparse(turns))
    return loaders, epochs


def _length_of(name: str, tree: ast.Module) -> ast.expr | None:
    """Return the length that the one schedule of a name is given; None where it is not known."""
    made = _given(name, tree)
    if not isinstance(made, ast.Call):
        return None
    kind = called_name(made.func)
    named = {each.arg: each.value for each in made.keywords}
    if kind in _CYCLES:
        place = _CYCLES[kind]
        return named.get("cycle_size", made.args[place] if len(made.args) > place else None)
    if kind == _PIECES:
        at = named.get("milestones_values", made.args[_MILESTONES:][:1] or None)
        match at[0] if isinstance(at, list) else at:
            case ast.List(elts=[*_, ast.Tuple(elts=[length, _])]):
                return length
    return None


def _last(length: ast.expr | None, tree: ast.Module) -> ast.expr | None:
    """Return what a length is made of, where a name stands for it; a name of a number itself."""
    if isinstance(length, ast.Name):
        given = _given(length.id, tree)
        return given if isinstance(given, ast.BinOp) else length
    return length


def _given(name: str, tree: ast.Module) -> ast.expr | None:
    """Return the one value that a file gives a variable."""
    found = [
        node.value
        for node in walk(tree)
        if isinstance(node, ast.Assign)
        and any(isinstance(each, ast.Name) and each.id == name for each in node.targets)
    ]
    return found[0] if len(found) == 1 else None


def _counted(length: ast.expr) -> set[str]:
    """Return the names of which a length has the `len`, undivided."""
    if any(isinstance(each, ast.Div | ast.FloorDiv) for each in walk(length)):
        return set()
    return {
        ast.unparse(each.args[0])
        for each in walk(length)
        if isinstance(each, ast.Call) and called_name(each.func) == "len" and each.args
    }
