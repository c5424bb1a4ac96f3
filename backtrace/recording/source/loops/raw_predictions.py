"""Predictions of transformers' Trainer that are held against a half as they come: as logits."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.imports import packages_in
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, word_set
from backtrace.recording.source.walks import Function, own_nodes, walk

# What leaves a prediction as it is, or puts it into another form.
_KEEPS = word_set(
    "array asarray tensor from_numpy as_tensor Tensor FloatTensor squeeze reshape view flatten "
    "ravel numpy cpu float astype copy"
)
_MODULES = word_set("np numpy torch")
# Where one of these stands, a prediction may be a probability, or something else by then.
_DOUBTS = word_set("sigmoid Sigmoid logsigmoid expit softmax Softmax exp prediction_step")


def find_raw_predictions(scope: Scope) -> Iterator[Slip]:
    """Give each comparison of what a Trainer predicts with 0.5: `beside` is empty.

    Whether it is a logit, the losses of the run say.
    """
    function = scope.node
    if not isinstance(function, Function) or "transformers" not in packages_in(scope.tree):
        return
    if _is_in_doubt(scope.tree):
        return
    raw = _raw_names(function) if _is_given_as_metric(function.name, scope.tree) else set()
    changed = True
    while changed:
        before = len(raw)
        for node in own_nodes(function):
            raw.update(_names_for(node, raw))
        changed = len(raw) > before
    for node in own_nodes(function):
        of = _held_against_half(node)
        if of is not None and _is_raw(of, raw):
            yield Slip(of.lineno, "half", ast.unparse(of)[:LONGEST])


def _is_in_doubt(tree: ast.Module) -> bool:
    has_trainer = False
    for node in walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.FunctionDef(name=name):
                has_trainer |= name.endswith("Trainer")
                if name in _DOUBTS:
                    return True
            case ast.keyword(arg="preprocess_logits_for_metrics", value=value):
                if not (isinstance(value, ast.Constant) and value.value is None):
                    return True
    return not has_trainer


def _is_given_as_metric(name: str, tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.keyword)
        and node.arg == "compute_metrics"
        and name in {each.id for each in walk(node.value) if isinstance(each, ast.Name)}
        for node in walk(tree)
    )


def _raw_names(function: Function) -> set[str]:
    """Return what a metric calls its predictions: the first of what it is given."""
    names = [each.arg for each in function.args.args if each.arg not in ("self", "cls")]
    given = names[0] if len(names) == 1 else ""
    found = {f"{given}[0]", f"{given}.predictions"} if given else set()
    for node in own_nodes(function):
        match node:
            case ast.Assign(
                targets=[ast.Tuple(elts=[ast.Name(id=first), _])], value=ast.Name(id=name)
            ) if name == given:
                found.add(first)
    return found


def _names_for(node: ast.AST, raw: set[str]) -> Iterator[str]:
    """Give the variables that hold a raw prediction, or each row of it."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_raw(value, raw):
            yield name
        case ast.comprehension(target=ast.Name(id=name), iter=rows) if _is_raw(rows, raw):
            yield name
        case ast.For(target=ast.Name(id=name), iter=rows) if _is_raw(rows, raw):
            yield name


def _is_raw(node: ast.expr, raw: set[str]) -> bool:
    match node:
        case ast.IfExp(body=body, orelse=other):
            return _is_raw(body, raw) and _is_raw(other, raw)
        case ast.Call(func=ast.Attribute(value=of, attr=attr), args=args) if attr in _KEEPS:
            owner = args[0] if args and isinstance(of, ast.Name) and of.id in _MODULES else of
            return _is_raw(owner, raw)
        case ast.Subscript(value=of, slice=ast.Constant(value=0)):
            return ast.unparse(node) in raw or _is_raw(of, raw)
        case ast.Attribute(attr="predictions"):
            return True
        case ast.Name() | ast.Attribute():
            return ast.unparse(node) in raw
    return False


def _held_against_half(node: ast.AST) -> ast.expr | None:
    match node:
        case ast.Compare(
            left=of, ops=[ast.Gt() | ast.GtE()], comparators=[ast.Constant(value=0.5)]
        ):
            return of
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id="np" | "torch"), attr="round"), args=[of]
        ):
            return of
        case ast.Call(func=ast.Attribute(value=of, attr="round"), args=[]):
            return of
    return None
