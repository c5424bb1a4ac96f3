"""Accelerators that begin to accumulate before the loop over the batches, not in each turn."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.imports import packages_in
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    OPTIMIZER_WORDS,
    Scope,
    called_name,
    parents_in,
    words_of,
)
from backtrace.recording.source.walks import walk

_OPTIONS = frozenset({"gradient_accumulation_steps", "gradient_accumulation_plugin"})
_LOADERS = frozenset({"loader", "dataloader", "dl", "loaders", "dataloaders", "batches"})


def find_windows_around(scope: Scope) -> Iterator[Slip]:
    """Give each `with accelerator.accumulate(...)` around a loop that steps on its batches.

    In `beside` is the loop. An Accelerator of the file is given a number that may be above one.
    """
    if "accelerate" not in packages_in(scope.tree) or not _is_given_number(scope.tree):
        return
    for node in scope.nodes():
        if not isinstance(node, ast.With) or _is_in_a_turn(node, scope.tree):
            continue
        call = next((each for item in node.items if (each := _window(item.context_expr))), None)
        loop = _find_loop(node.body, scope) if call is not None else None
        if call is not None and loop is not None:
            head = f"for {ast.unparse(loop.target)} in {ast.unparse(loop.iter)}"
            yield Slip(node.lineno, "window-around", ast.unparse(call), head)


def _is_given_number(tree: ast.Module) -> bool:
    return any(
        keyword.arg in _OPTIONS
        and not (isinstance(keyword.value, ast.Constant) and keyword.value.value in (None, 1))
        for node in walk(tree)
        if isinstance(node, ast.Call) and called_name(node.func) == "Accelerator"
        for keyword in node.keywords
    )


def _window(node: ast.expr) -> ast.Call | None:
    match node:
        case ast.Call(func=ast.Attribute(attr="accumulate"), args=[_, *_]):
            return node
    return None


def _is_in_a_turn(node: ast.AST, tree: ast.Module) -> bool:
    """Whether a statement stands in a loop over batches, or in one that cannot be told apart."""
    parents = parents_in(tree)
    while (above := parents.get(id(node))) is not None:
        if isinstance(above, ast.While) or (isinstance(above, ast.For) and _is_over_batches(above)):
            return True
        node = above
    return False


def _is_over_batches(loop: ast.For) -> bool:
    names = (called_name(each) for each in walk(loop.iter) if isinstance(each, ast.expr))
    return any(words_of(name) & _LOADERS for name in names)


def _find_loop(body: list[ast.stmt], scope: Scope) -> ast.For | None:
    """Return the loop of a block, or of a function of the file that it calls, that steps."""
    for statement in body:
        if isinstance(statement, ast.For) and _is_over_batches(statement) and _steps(statement):
            return statement
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
                called = scope.find_function(name)
            case ast.Assign(value=ast.Call(func=ast.Name(id=name))):
                called = scope.find_function(name)
            case _:
                called = None
        if called is not None:
            for each in called.body:
                if isinstance(each, ast.For) and _is_over_batches(each) and _steps(each):
                    return each
    return None


def _steps(loop: ast.For) -> bool:
    """Whether an optimizer steps in each turn, and nothing else accumulates there."""
    calls = [each for node in loop.body for each in walk(node) if isinstance(each, ast.Call)]
    names = [each.func for each in calls if isinstance(each.func, ast.Attribute)]
    return not any(each.attr in ("accumulate", "no_sync") for each in names) and any(
        each.attr == "step" and words_of(called_name(each.value)) & OPTIMIZER_WORDS
        for each in names
    )
