"""Splits that a LightningDataModule draws anew each time that it is set up: to fit, and to test."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.imports import full_name
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_LIGHTNING = ("lightning.", "pytorch_lightning.")
_SEEDS = word_set("seed_everything manual_seed seed")
_FIXES = word_set("generator random_state")  # options that say how it is drawn
_MOST = {"random_split": 2, "train_test_split": 9}  # arguments before the generator


def find_redrawn_splits(scope: Scope) -> Iterator[Slip]:
    """Give the splits of a `setup`, and in `beside` the line that tests."""
    owner = parents_in(scope.tree).get(id(scope.node))
    if scope.name != "setup" or not isinstance(owner, ast.ClassDef):
        return
    test = _line_of_test(scope.tree)
    bases = [full_name(base, scope.tree) for base in owner.bases]
    if not test or not any(
        each.startswith(_LIGHTNING) and each.endswith(".LightningDataModule") for each in bases
    ):
        return
    if any(isinstance(node, ast.Return) or _seeds_all(node, scope.tree) for node in scope.nodes()):
        return
    for statement in scope.statements():
        match statement:
            case ast.Assign(targets=[ast.Tuple(elts=parts)], value=ast.Call() as call):
                if _parts_test(parts) and _is_by_chance(call) and _is_always(statement, scope):
                    yield Slip(call.lineno, "redrawn-split", called_name(call.func), str(test))


def _seeds(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and called_name(node.func) in _SEEDS


def _seeds_all(node: ast.AST, tree: ast.Module) -> bool:
    """Whether what draws without a generator is seeded: another generator's seed is not for it."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Call())):  # torch.Generator().manual_seed(0)
            return False
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name))) if _is_generator(name, tree):
            return False
    return _seeds(node)


def _is_generator(name: str, tree: ast.Module) -> bool:
    """Whether a variable is a generator of torch's wherever the file writes it."""
    given = [
        node.value
        for node in walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name
    ]
    return bool(given) and all("torch.Generator(" in ast.unparse(each) for each in given)


def _parts_test(parts: list[ast.expr]) -> bool:
    """Whether one of what is split is held out for the test, and others are not."""
    is_test = ["test" in words_of(ast.unparse(each).replace(".", "_")) for each in parts]
    is_test = [
        found or called_name(each).lower().startswith("test")
        for found, each in zip(is_test, parts, strict=True)
    ]
    return any(is_test) and not all(is_test)


def _is_by_chance(call: ast.Call) -> bool:
    """Whether a call draws its rows, and is not told by what."""
    most = _MOST.get(called_name(call.func), 0)
    given = {each.arg: each.value for each in call.keywords}
    ordered = given.get("shuffle")
    return (
        0 < len(call.args) <= most
        and not any(isinstance(each, ast.Starred) for each in call.args)
        and None not in given
        and not _FIXES & given.keys()
        and not (isinstance(ordered, ast.Constant) and ordered.value is False)
    )


def _is_always(statement: ast.stmt, scope: Scope) -> bool:
    """Whether a statement stands in its function with nothing that decides on it."""
    above = parents_in(scope.tree).get(id(statement))
    while isinstance(above, ast.With):
        above = parents_in(scope.tree).get(id(above))
    return above is scope.node


def _line_of_test(tree: ast.Module) -> int:
    """Return the line that tests with the module that was fitted with; 0 where that is not sure.

    Who seeds again before the test draws the same split; a generator's own seed is nothing to it.
    """
    calls = [node for node in walk(tree) if isinstance(node, ast.Call)]
    seeded = [call for call in calls if _seeds(call) and full_name(call.func, tree)]
    fits = [call for call in calls if _sets_up(call, "fit")]
    tests = [call for call in calls if _sets_up(call, "test")]
    if not fits or not tests or len(seeded) > 1:
        return 0
    function = _function_of(seeded[0], tree) if seeded else None
    is_seeded_each = function is not None and not any(each in own_nodes(function) for each in fits)
    return 0 if is_seeded_each else tests[0].lineno


def _function_of(node: ast.AST, tree: ast.Module) -> Function | None:
    above = parents_in(tree).get(id(node))
    while above is not None and not isinstance(above, Function):
        above = parents_in(tree).get(id(above))
    return above


def _sets_up(call: ast.Call, stage: str) -> bool:
    """Whether a trainer is called that sets a data module up, and is not handed loaders."""
    match call.func:
        case ast.Attribute(value=owner, attr=attr) if attr == stage:
            told = " ".join(
                ast.unparse(each) for each in (*call.args, *(each.value for each in call.keywords))
            )
            options = {each.arg for each in call.keywords}
            is_loaders = "loader" in told or any(each and "loader" in each for each in options)
            return "trainer" in ast.unparse(owner).lower() and not is_loaders
    return False
