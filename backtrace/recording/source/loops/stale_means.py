"""Means of a validation that are told in each epoch, and are over all epochs so far."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    opened,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_EVALUATION = word_set("val valid validation validate test tst eval evaluate evaluation dev")
_TRAINING = word_set("backward step train fit training")
_MEANS = word_set("mean nanmean average fmean")
_GATHERED = word_set("stack tensor cat array asarray as_tensor Tensor FloatTensor concatenate")
_TAKEN = word_set("append extend")
_OWN_MEAN = word_set("avg average mean global_avg")
_OF_A_METER = _OWN_MEAN | word_set("update val sum count")
_ONCE = word_set("__init__ __post_init__ setup on_fit_start on_train_start")  # in a training
_STEPS = word_set("validation_step on_validation_batch_end")
_Uses = list[ast.Name | ast.Attribute]


def find_stale_means(scope: Scope) -> Iterator[Slip]:
    """Give the mean of each list or hand-written meter that is begun once, before the epochs.

    A loop over what is evaluated adds to it, within the loop over epochs that tells the mean.
    What is read in any other way may be meant to hold them all.
    """
    if isinstance(scope.node, ast.Module):
        yield from _find_of_objects(scope.tree)
    if not scope.reads_all:
        for block in scope.blocks:
            yield from _find_in(scope, list(opened(block)))


def _find_in(scope: Scope, statements: list[ast.stmt]) -> Iterator[Slip]:
    begun: dict[str, ast.expr] = {}
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                begun[name] = value
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                pairs = zip(names, values, strict=False)
                begun |= {each.id: value for each, value in pairs if isinstance(each, ast.Name)}
            case ast.For() | ast.While() if _trains(statement):
                for name, value in begun.items():
                    if _is_begun(value) and not scope.is_read_inside(name):
                        yield from _find_told(scope, statement, name)


def _trains(loop: ast.For | ast.While) -> bool:
    """Whether a loop trains, and not its loops alone that evaluate: a mean over tasks may grow."""
    calls = {called_name(each.func) for each in own_nodes(loop) if isinstance(each, ast.Call)}
    return any(words_of(name) & _TRAINING for name in calls)


def _is_begun(value: ast.expr) -> bool:
    """Whether a value is an empty list, or a meter of a class that is called so."""
    match value:
        case ast.List(elts=[]):
            return True
        case ast.Call(func=func):
            return called_name(func).endswith("Meter")
    return False


def _find_told(scope: Scope, epochs: ast.For | ast.While, name: str) -> Iterator[Slip]:
    """Give the line in a loop over epochs that tells the mean of what a loop within it adds to."""
    parents = parents_in(scope.tree)
    uses: _Uses = []
    for node in scope.nodes():
        if isinstance(node, ast.Name) and node.id == name:
            if isinstance(node.ctx, ast.Load):
                uses.append(node)
            elif any(node is each for each in own_nodes(epochs)):
                return
    loops = [each for each in epochs.body for each in opened([each]) if isinstance(each, ast.For)]
    inside = {id(node): loop for loop in loops for node in own_nodes(loop)}
    all_epochs = {id(node) for node in own_nodes(epochs)}
    kinds = [(_use_of(each, parents), each) for each in uses]
    if any(kind == "other" for kind, _ in kinds):
        return
    adding = [inside.get(id(each)) for kind, each in kinds if kind == "taken"]
    told = [each for kind, each in kinds if kind == "mean"]
    of_evaluation = words_of(name) & _EVALUATION
    if not adding or any(
        loop is None or not (of_evaluation or _words_in(loop.iter) & _EVALUATION) for loop in adding
    ):
        return
    for each in told:
        if id(each) in all_epochs and id(each) not in inside:
            yield Slip(each.lineno, "stale-mean", name)
            return


def _words_in(node: ast.expr) -> set[str]:
    texts = {called_name(each) for each in walk(node) if isinstance(each, ast.expr)}
    return {word for text in texts for word in words_of(text)}


def _use_of(node: ast.Name | ast.Attribute, parents: dict[int, ast.AST]) -> str:
    """Return what is done with a list or meter: "taken", "mean", "other", or '' for its length."""
    above = parents.get(id(node))
    further = parents.get(id(above))
    match above:
        case ast.Attribute(attr=attr) if isinstance(further, ast.Call) and further.func is above:
            if attr in _TAKEN or attr == "update":
                return "taken"
            return "mean" if attr in _OWN_MEAN and not further.args else "other"
        case ast.Attribute(attr=attr) if attr in _OF_A_METER:
            return "mean" if attr in _OWN_MEAN else ""
        case ast.Call(func=func, args=[only]) if only is node:
            return _use_in(called_name(func), above, further, parents)
    return "other"


def _use_in(name: str, call: ast.Call, above: ast.AST | None, parents: dict[int, ast.AST]) -> str:
    """Return what a call of a list is part of."""
    if name == "len":
        return ""
    if name in _MEANS:
        return "mean"
    if name == "sum":
        is_divided = isinstance(above, ast.BinOp) and isinstance(above.op, ast.Div)
        return "mean" if is_divided and above.left is call else "other"  # type: ignore[union-attr]
    if name in _GATHERED:
        further = parents.get(id(above))
        is_method = isinstance(above, ast.Attribute) and isinstance(further, ast.Call)
        reducing = above if is_method else above.func if isinstance(above, ast.Call) else None
        is_mean = isinstance(reducing, ast.expr) and called_name(reducing) in _MEANS
        return "mean" if is_mean or _is_kept_for_mean(call, above, parents) else "other"
    return "other"


def _is_kept_for_mean(call: ast.Call, above: ast.AST | None, parents: dict[int, ast.AST]) -> bool:
    """Whether what a list is made is given a name of which nothing but the mean is taken."""
    match above:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is call:
            around = _function_of(above, parents)
            loads = [
                node
                for node in (walk(around) if around is not None else ())
                if isinstance(node, ast.Name) and node.id == name and node is not above.targets[0]
            ]
            return bool(loads) and all(_use_of(each, parents) == "mean" for each in loads)
    return False


def _find_of_objects(tree: ast.Module) -> Iterator[Slip]:
    """Give the mean of each list that an object keeps from its making on, over all validations."""
    parents = parents_in(tree)
    stores: dict[str, list[ast.AST]] = {}
    uses: dict[str, _Uses] = {}
    for node in walk(tree):
        if isinstance(node, ast.Attribute):
            if isinstance(node.ctx, ast.Load):
                uses.setdefault(node.attr, []).append(node)
            else:
                stores.setdefault(node.attr, []).append(node)
    for name, [*stored] in stores.items():
        made = parents.get(id(stored[0]))
        is_one = len(stored) == 1 and isinstance(made, ast.Assign | ast.AnnAssign)
        if not is_one or not isinstance(made.value, ast.List) or made.value.elts:  # type: ignore[union-attr]
            continue
        kinds = [(_use_of(each, parents), each) for each in uses.get(name, ())]
        methods = {kind: _method_of(each, parents) for kind, each in kinds}
        if "other" in methods or not _is_made_once(stored[0], tree, parents):
            continue
        is_validation = words_of(methods.get("mean", "")) & _EVALUATION
        if methods.get("taken") in _STEPS and is_validation:
            line = next(each.lineno for kind, each in kinds if kind == "mean")
            yield Slip(line, "stale-mean", f"self.{name}")


def _is_made_once(stored: ast.AST, tree: ast.Module, parents: dict[int, ast.AST]) -> bool:
    """Whether a list is begun where a module is made, or in a method that is called there alone."""
    name = _method_of(stored, parents)
    if not name or name in _ONCE:
        return bool(name)
    named = [
        node
        for node in walk(tree)
        if isinstance(node, ast.Attribute | ast.Name) and called_name(node) == name
    ]
    return bool(named) and all(
        _method_of(each, parents) in _ONCE and isinstance(parents.get(id(each)), ast.Call)
        for each in named
    )


def _method_of(node: ast.AST, parents: dict[int, ast.AST]) -> str:
    around = _function_of(node, parents)
    return around.name if isinstance(around, Function) else ""


def _function_of(node: ast.AST, parents: dict[int, ast.AST]) -> ast.AST | None:
    above = parents.get(id(node))
    while above is not None and not isinstance(above, Function):
        above = parents.get(id(above))
    return above
