"""The one line of a file that makes a loader of training data which takes them in order."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.lines.lone_lines import LoneLine
from backtrace.recording.source.source_file import Scope, called_name, parents_in
from backtrace.recording.source.walks import Function, walk

_ORDERING = ("shuffle", "sampler", "batch_sampler", None)  # None: what `**` gives


def find_loader_lines(scope: Scope) -> Iterator[LoneLine]:
    """Give the one call of `DataLoader` with no shuffle and no sampler that is for training.

    Where more than one is made, it is that whose data, name or function is called so.
    """
    if scope.name:
        return
    made = [node for node in walk(scope.tree) if _makes_loader(node)]
    in_order = [
        node for node in made if isinstance(node, ast.Call) and _takes_in_order(node, scope.tree)
    ]
    if len(made) > 1 and in_order:
        parents = parents_in(scope.tree)
        in_order = [node for node in in_order if _is_for_training(node, parents)]
    if len(in_order) == 1:
        yield LoneLine(in_order[0].lineno, "loader", 1, 0)


def _makes_loader(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and called_name(node.func) == "DataLoader"


def _takes_in_order(call: ast.Call, tree: ast.AST) -> bool:
    given = {each.arg: each.value for each in call.keywords}
    if (unpacked := _find_options(given.get(None), tree)) is not None:
        del given[None]
        given.update(unpacked)
    match given.pop("shuffle", None):
        case None | ast.Constant(value=False):
            return given.keys().isdisjoint(_ORDERING) and len(call.args) < 3
    return False


def _find_options(value: ast.expr | None, tree: ast.AST) -> dict[str | None, ast.expr] | None:
    """Return what `**` gives of a name that is told once, as a dict with its keys written out."""
    if not isinstance(value, ast.Name):
        return None
    uses = [each for each in walk(tree) if isinstance(each, ast.Name) and each.id == value.id]
    told = [
        each.value
        for each in walk(tree)
        if isinstance(each, ast.Assign) and any(target in uses for target in each.targets)
    ]
    stored = sum(isinstance(each.ctx, ast.Store) for each in uses)
    if stored != 1 or len(told) != 1 or not isinstance(told[0], ast.Dict):
        return None
    keys = [str(key.value) for key in told[0].keys if isinstance(key, ast.Constant)]
    is_plain = len(keys) == len(told[0].keys) and _is_left_alone(value.id, tree)
    return dict(zip(keys, told[0].values, strict=True)) if is_plain else None


def _is_left_alone(name: str, tree: ast.AST) -> bool:
    """Whether nothing is written to a dict, and none of its methods is called."""
    return not any(
        isinstance(each, ast.Attribute | ast.Subscript)
        and isinstance(each.value, ast.Name)
        and each.value.id == name
        and not (isinstance(each, ast.Subscript) and isinstance(each.ctx, ast.Load))
        for each in walk(tree)
    )


def _is_for_training(call: ast.Call, parents: dict[int, ast.AST]) -> bool:
    """Whether the first argument, what the loader is called, or the function says `train`."""
    names = [ast.unparse(each) for each in call.args[:1]]
    names += [ast.unparse(each.value) for each in call.keywords if each.arg == "dataset"]
    node: ast.AST | None = call
    while node is not None and not isinstance(node, Function):
        if isinstance(node, ast.Assign):
            names += map(ast.unparse, node.targets)
        node = parents.get(id(node))
    if isinstance(node, Function):
        names.append(node.name)
    return any("train" in name.lower() for name in names)
