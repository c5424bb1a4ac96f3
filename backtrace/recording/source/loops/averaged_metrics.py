"""Means over batches of metrics that want all rows at once, such as the area under a curve."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from backtrace.recording.source.loops.divided_sums import gone_over
from backtrace.recording.source.loops.rank_metrics import RankMetrics, read_rank_metrics
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Given,
    Scope,
    called_name,
    given_once,
    names_in,
    opened,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_STEPS = word_set("validation_step test_step")
_EVALUATION = word_set("val valid validation validate test tst eval evaluate evaluation dev")
_LOADS = word_set("loader dataloader dl batches iterator")
# What is scored for itself, and then averaged on purpose.
_EACH = word_set(
    "user users uid query queries session sessions patient subject subjects task tasks episode "
    "episodes fold folds group groups graph graphs support client clients"
)
_MEANS = word_set("mean average fmean nanmean")


def find_averaged_metrics(scope: Scope) -> Iterator[Slip]:
    """Give the lines that compute such a metric of a batch, the mean of which is told.

    `beside` is the line of the loop over the batches; '' of a step that Lightning calls, which
    averages what is logged in it.
    """
    metrics = read_rank_metrics(scope.tree)
    if scope.reads_all or not (metrics.functions or metrics.modules):
        return
    if scope.name in _STEPS:
        yield from _find_logged(scope, metrics)
    elif scope.name in called_by_steps(scope.tree):
        yield from _find_logged(scope, metrics, is_shared=True)
    for block in scope.blocks:
        statements = list(opened(block))
        for number, loop in enumerate(statements):
            if isinstance(loop, ast.For) and _evaluates(loop, scope.name):
                for name, kept, line in _kept_in(loop, metrics):
                    if _is_averaged(statements[number + 1 :], kept):
                        yield Slip(line, "metric-averaged", name, str(loop.iter.lineno))


@lru_cache(maxsize=2)
def called_by_steps(tree: ast.Module) -> frozenset[str]:
    """Return the methods that such a step calls on itself, as `self._step(batch, "val")`."""
    steps = (n for n in walk(tree) if isinstance(n, Function) and n.name in _STEPS)
    return frozenset(
        node.func.attr
        for step in steps
        for node in own_nodes(step)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func.value) == "self"
    )


def _find_logged(scope: Scope, metrics: RankMetrics, *, is_shared: bool = False) -> Iterator[Slip]:
    """Give what is logged; of a method that training may share, what it says is of the epoch."""
    given = given_once(scope)
    for node in scope.nodes():
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="self"), attr="log"), args=[_, value, *_]
            ):
                values = [value]
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="self"), attr="log_dict"),
                args=[ast.Dict(values=values), *_],
            ):
                pass
            case _:
                continue
        options = {each.arg: ast.unparse(each.value) for each in node.keywords}
        if options.get("on_epoch", str(not is_shared)) != "True" or not options.keys().isdisjoint(
            {"reduce_fx", None}
        ):
            continue
        for value in values:
            if found := metrics.name_of(_resolve(value, given)):
                name, call = found
                yield Slip(call.lineno, "metric-averaged", name)


def _resolve(value: ast.expr, given: Given) -> ast.expr:
    return given.get(value.id, value) if isinstance(value, ast.Name) else value


def _evaluates(loop: ast.For, function: str) -> bool:
    """Whether a loop goes to its end over a loader of held-out rows, and trains nothing."""
    loader = words_of(gone_over(loop.iter).replace(".", "_"))
    words = loader | words_of(function)
    each = {word for name in names_in(loop.target) for word in words_of(name)}
    inside = list(own_nodes(loop))
    called = {called_name(node.func) for node in inside if isinstance(node, ast.Call)}
    return (
        bool(loader & _LOADS and words & _EVALUATION)
        and not (words | each) & _EACH
        and "train" not in words
        and not called & {"backward", "step"}
        and not any(isinstance(node, ast.Return | ast.Yield) for node in inside)
    )


def _kept_in(loop: ast.For, metrics: RankMetrics) -> Iterator[tuple[str, str, int]]:
    """Give each metric of one batch, what it is added to, and the line that computes it."""
    written = _written_in(loop)
    given: Given = {}
    for statement in opened(loop.body):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                given[name] = value
                continue
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=kept, attr="append"), args=[value])
            ):
                pass
            case ast.AugAssign(target=kept, op=ast.Add(), value=value):
                if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Mult):
                    value = value.left  # by the rows of the batch
            case _:
                continue
        found = metrics.name_of(_resolve(value, given))
        if found and isinstance(kept, ast.Name | ast.Attribute):
            name, call = found
            if all(names_in(each) & written for each in call.args[:2]):
                yield name, ast.unparse(kept), call.lineno


def _written_in(loop: ast.For) -> frozenset[str]:
    """Return the names that each turn gives anew, from nothing that it had before."""
    found = set(names_in(loop.target))
    grown: set[str] = set()
    for node in own_nodes(loop):
        match node:
            case ast.Assign(targets=targets, value=value):
                stored = {
                    each.id
                    for target in targets
                    for each in walk(target)
                    if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
                }
                if stored & names_in(value) - found:
                    grown |= stored
                found |= stored
            case ast.AugAssign(target=ast.Name(id=name)):
                grown.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "extend")):
                grown.add(name)
    return frozenset(found - grown)


def _is_averaged(behind: list[ast.stmt], kept: str) -> bool:
    """Whether what was kept is averaged in the statements behind a loop."""
    for statement in behind:
        if isinstance(statement, Function | ast.ClassDef):
            continue
        for node in (statement, *own_nodes(statement)):
            match node:
                case ast.BinOp(left=left, op=ast.Div()):
                    if _is_sum(left, kept):
                        return True
                case ast.AugAssign(target=target, op=ast.Div()):
                    if ast.unparse(target) == kept:
                        return True
                case ast.Call(func=func, args=[first, *_]) if called_name(func) in _MEANS:
                    if _is_all_of(first, kept):
                        return True
                case ast.Call(func=ast.Attribute(value=inner, attr="mean"), args=[]):
                    if _is_all_of(inner, kept):
                        return True
    return False


def _is_sum(node: ast.expr, kept: str) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="sum"), args=[inner]):
            return ast.unparse(inner) == kept
    return ast.unparse(node) == kept


def _is_all_of(node: ast.expr, kept: str) -> bool:
    match node:
        case ast.Call(func=func, args=[inner]):
            is_array = called_name(func) in ("stack", "tensor", "array", "asarray")
            return is_array and _is_all_of(inner, kept)
    return ast.unparse(node) == kept
