"""Lines that tell a training framework what it is to do: a schedule, a warm-up, labels, a net."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import chain

from backtrace.ledger.source_facts import Lone
from backtrace.recording.source.imports import LIGHTNING, full_name, packages_in
from backtrace.recording.source.lines.lone_lines import LoneLine
from backtrace.recording.source.source_file import (
    OPTIMIZERS,
    Scope,
    called_name,
    names_in,
    parents_in,
    word_set,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_WARM_UPS = word_set("warmup_steps warmup_ratio")
_LABELS = "labels"
_MASK = "attention_mask"
_DRIVING = frozenset({"accelerate", "transformers"}) | LIGHTNING  # they divide a loss themselves
_GATHERS = word_set("dict update")  # what puts labels together with the rest, for later
_RATES = word_set("PiecewiseLinear create_lr_scheduler_with_warmup")


def find_told_lines(scope: Scope) -> Iterator[LoneLine]:
    """Give the one line of a file for each of these, if the file imports a framework that asks it.

    A `labels` line is where what stands under that key is made, not where it is passed on. Of a
    function, give the line that hands labels to a model, if that is one alone.
    """
    packages = packages_in(scope.tree)
    if "transformers" in packages:
        handed = {node.lineno for node in scope.nodes() if _hands_labels(node)}  # type: ignore[attr-defined]
        if len(handed) == 1:
            begins, ends = getattr(scope.node, "lineno", 1), getattr(scope.node, "end_lineno", 0)
            yield LoneLine(handed.pop(), "handed", begins, ends)
    if scope.name:
        return
    found: dict[Lone, Iterable[int]] = {}
    if "transformers" in packages:
        found["labels"] = _labels(scope.tree)
        found["mask"] = (made.lineno for node in walk(scope.tree) for made in _masks(node))
        found["warm-up"] = _keywords(scope.tree, _WARM_UPS)
        found["schedule"] = _keywords(scope.tree, word_set("lr_scheduler_type"))
        found["decay"] = _keywords(scope.tree, word_set("weight_decay"))
        found["smoothing"] = _keywords(scope.tree, word_set("label_smoothing_factor"))
        found["step-size"] = _keywords(scope.tree, word_set("learning_rate"), "TrainingArguments")
    if "skorch" in packages:
        found["net"] = _nets(scope.tree)
        found["schedule"] = _policies(scope.tree)
        found["decay"] = _keywords(scope.tree, word_set("optimizer__weight_decay"))
        found["step-size"] = _keywords(scope.tree, word_set("lr optimizer__lr"))
    if "ignite" in packages:
        found["schedule"] = _handlers(scope.tree)
    if packages & _DRIVING:
        found["division"] = _divisions(scope.tree)
    if packages & (LIGHTNING | {"ignite"}):
        found["step-size"] = _rates(scope.tree)
    for what, lines in found.items():
        if len(known := set(lines)) == 1:
            yield LoneLine(known.pop(), what, 1, 0)


def _divisions(tree: ast.Module) -> Iterator[int]:
    """Give the lines that divide a loss by the micro-batches, and return it or call it a loss."""
    for node in walk(tree):
        match node:
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Div(), value=number):
                divided = name
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.BinOp(left=ast.Name(id=divided), op=ast.Div(), right=number),
            ) if divided == name:
                pass
            case ast.Assign(
                targets=[ast.Name(id=divided)],
                value=ast.BinOp(left=ast.Call(), op=ast.Div(), right=number),
            ):
                pass
            case ast.Return(value=ast.BinOp(left=ast.Name(id=divided), op=ast.Div(), right=number)):
                pass
            case _:
                continue
        is_count = isinstance(number, ast.Constant) or "accum" in ast.unparse(number).lower()
        if "loss" in divided.lower() and is_count:
            yield number.lineno


def _rates(tree: ast.Module) -> Iterator[int]:
    """Give the lines that give torch's optimizers their rates."""
    for node in walk(tree):
        if isinstance(node, ast.Call) and called_name(node.func) in OPTIMIZERS:
            given = {each.arg: each.value.lineno for each in node.keywords}
            yield given.get("lr", node.lineno)


def _keywords(tree: ast.Module, names: frozenset[str], call: str = "") -> Iterator[int]:
    """Give the lines of such keywords, of calls whose name ends so."""
    for node in walk(tree):
        if isinstance(node, ast.Call) and called_name(node.func).endswith(call):
            yield from (each.value.lineno for each in node.keywords if each.arg in names)


def _nets(tree: ast.Module) -> Iterator[int]:
    """Give the lines that make a net of skorch's, or of a class of the file that is one."""
    own = {
        node.name
        for node in walk(tree)
        if isinstance(node, ast.ClassDef)
        and any(called_name(base).startswith("NeuralNet") for base in node.bases)
    }
    for node in walk(tree):
        if isinstance(node, ast.Call):
            name = called_name(node.func)
            if name in own or full_name(node.func, tree).startswith("skorch.NeuralNet"):
                yield node.lineno


def _policies(tree: ast.Module) -> Iterator[int]:
    """Give the lines of skorch's callback for a schedule: of `step_every`, where it is given."""
    for node in walk(tree):
        if (
            isinstance(node, ast.Call)
            and called_name(node.func) == "LRScheduler"
            and full_name(node.func, tree).startswith("skorch.")
        ):
            given = {each.arg: each.value.lineno for each in node.keywords}
            yield given.get("step_every", node.lineno)


def _handlers(tree: ast.Module) -> Iterator[int]:
    """Give the lines that attach to an engine what sets a rate, by ignite's own classes."""
    names = {
        target.id
        for node in walk(tree)
        if isinstance(node, ast.Assign) and _sets_rate(node.value, tree)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="add_event_handler"), args=[_, handler, *_]):
                owner = handler.value if isinstance(handler, ast.Attribute) else handler
                is_named = isinstance(owner, ast.Name) and owner.id in names
                if is_named or _sets_rate(owner, tree):
                    yield node.lineno


def _sets_rate(value: ast.expr, tree: ast.Module) -> bool:
    if not isinstance(value, ast.Call):
        return False
    name = called_name(value.func)
    is_ignites = full_name(value.func, tree).startswith("ignite.")
    return is_ignites and ("Scheduler" in name or name in _RATES)


def _labels(tree: ast.Module) -> Iterator[int]:
    parents = parents_in(tree)
    collators = [
        node.lineno
        for node in walk(tree)
        if isinstance(node, ast.Call)
        and called_name(node.func) == "DataCollatorForLanguageModeling"
    ]
    if collators:  # it makes all labels anew
        yield from collators
        return
    for node, value in chain.from_iterable(map(_given, walk(tree))):
        made = _made(node, value, parents)
        is_elsewhere = _hands_labels(node) and _is_taken(made)
        if not is_elsewhere and not _is_passed_on(made):
            yield made.lineno


def _masks(node: ast.AST) -> Iterator[ast.expr]:
    """Give what is made in a node under the key of a mask of padding, for a model to be given."""
    match node:
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            found = [v for k, v in pairs if isinstance(k, ast.Constant) and k.value == _MASK]
        case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value="attention_mask"))]):
            found = [node.value]
        case ast.Call(func=ast.Name(id="dict"), keywords=given):
            found = [each.value for each in given if each.arg == _MASK]
        case _:
            return
    yield from (each for each in found if not _is_passed_on(each, _MASK))


def _given(node: ast.AST) -> Iterator[tuple[ast.AST, ast.expr]]:
    """Give what stands under the key of labels in a node."""
    match node:
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and key.value == _LABELS:
                    yield node, value
        case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value="labels"))], value=value):
            yield node, value
        case ast.Call(func=ast.Name(id="dict"), keywords=given):
            yield from ((node, each.value) for each in given if each.arg == _LABELS)
        case ast.Call(keywords=given) if _hands_labels(node):
            yield from ((node, each.value) for each in given if each.arg == _LABELS)


def _hands_labels(node: ast.AST) -> bool:
    """Whether it is `model(ids, labels=…)` or `model(**batch)`, of a model that takes its loss."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), keywords=given):
            names = {each.arg for each in given}
            return name[:1].islower() and name not in _GATHERS and bool(names & {_LABELS, None})
    return False


def _is_passed_on(value: ast.expr, key: str = _LABELS) -> bool:
    """Whether it is read under the same key, in whatever form."""
    return any(isinstance(node, ast.Constant) and node.value == key for node in walk(value))


def _is_taken(value: ast.expr) -> bool:
    """Whether it is a part of something that was made elsewhere, as a batch is."""
    match value:
        case ast.Call(func=ast.Attribute(value=inner, attr="to" | "cuda" | "long")):
            return _is_taken(inner)
        case ast.Name(id=name):
            return name == _LABELS
    return isinstance(value, ast.Subscript | ast.Attribute)


def _made(node: ast.AST, value: ast.expr, parents: dict[int, ast.AST]) -> ast.expr:
    """Return a value, or what last gave it its name in the same function, if not made of itself."""
    around: ast.AST | None = node
    while around is not None and not isinstance(around, Function):
        around = parents.get(id(around))
    if not isinstance(value, ast.Name) or around is None:
        return value
    given = [
        each.value
        for each in own_nodes(around)
        if isinstance(each, ast.Assign) and each.lineno < value.lineno
        for target in each.targets
        if isinstance(target, ast.Name)
        and target.id == value.id
        and value.id not in names_in(each.value)
    ]
    return max(given, key=lambda each: each.lineno, default=value)
