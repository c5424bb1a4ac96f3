"""Modules in a NeuralNetClassifier of skorch's, which takes their logarithm, and no probability."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.imports import packages_in
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set
from backtrace.recording.source.walks import Function, own_nodes, walk

_NET = "NeuralNetClassifier"
_LOGARITHMS = word_set("log_softmax LogSoftmax")
_LAYERS = word_set("Linear LazyLinear")
LOG, LOGITS = "log-probabilities", "logits"


@dataclass(frozen=True)
class _ModuleOutput:
    """What a module returns: log-probabilities or logits, and the line that makes them."""

    kind: str
    line: int


def find_unlike_probabilities(scope: Scope) -> Iterator[Slip]:
    """Give each module whose output is the logarithm already, or may be below zero.

    It is the line of the log_softmax, or of the criterion that logits are not for.
    """
    tree = scope.tree
    calls = [each for each in scope.nodes() if isinstance(each, ast.Call)]
    nets = [each for each in calls if called_name(each.func) == _NET]
    if not nets or not _is_skorchs(tree):
        return
    told: set[int] = set()
    for net in nets:
        given = {each.arg: each.value for each in net.keywords}
        criterion = given.get("criterion")
        if None in given or not _is_nll(criterion, tree):
            continue
        module = given.get("module") or (net.args[0] if net.args else None)
        found = _read_module(module, tree) if module is not None else None
        if found is None:
            continue
        at_criterion = found.kind == LOGITS and criterion is not None
        line = criterion.lineno if at_criterion and criterion else found.line
        if line not in told:
            told.add(line)
            yield Slip(line, "skorch-log", found.kind)


def _is_skorchs(tree: ast.Module) -> bool:
    """Whether the name is skorch's, and not a class of the file's own."""
    is_own = any(isinstance(each, ast.ClassDef) and each.name == _NET for each in walk(tree))
    return not is_own and "skorch" in packages_in(tree)


def _is_nll(criterion: ast.expr | None, tree: ast.Module) -> bool:
    """Whether a net is given NLLLoss, or nothing, which is the same."""
    if isinstance(criterion, ast.Call):
        criterion = criterion.func
    if criterion is None:
        return not _sets_criterion(tree)
    return called_name(criterion) == "NLLLoss"


def _sets_criterion(tree: ast.Module) -> bool:
    """Whether a file gives nets their criterion later on: `net.set_params(criterion=…)`."""
    for each in walk(tree):
        match each:
            case ast.Call(func=ast.Attribute(attr="set_params")):
                return True
            case ast.Attribute(attr="criterion", ctx=ast.Store()):
                return True
    return False


def _read_module(module: ast.expr, tree: ast.Module) -> _ModuleOutput | None:
    """Return what a module gives: a class, one that is made of it, or layers in a row."""
    match module:
        case ast.Call(func=ast.Name(id=name)) | ast.Name(id=name):
            classes = [n for n in walk(tree) if isinstance(n, ast.ClassDef) and n.name == name]
            if len(classes) == 1:
                return _read_class(classes[0])
            made = [
                each.value
                for each in walk(tree)
                if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == name
            ]
            if isinstance(module, ast.Name) and len(made) == 1 and isinstance(made[0], ast.Call):
                return _read_module(made[0], tree)
    return _read_layer(module)


def _read_layer(layer: ast.expr) -> _ModuleOutput | None:
    """Return what a layer gives, or the last of those in a row."""
    match layer:
        case ast.Call(func=func, args=[*_, last]) if called_name(func) == "Sequential":
            return _read_layer(last)
        case ast.Call(func=func) if called_name(func) in _LOGARITHMS:
            return _ModuleOutput(LOG, layer.lineno)
        case ast.Call(func=func) if called_name(func) in _LAYERS:
            return _ModuleOutput(LOGITS, layer.lineno)
    return None


def _read_class(made: ast.ClassDef) -> _ModuleOutput | None:
    """Return what `forward` gives, where it returns once."""
    forwards = [n for n in made.body if isinstance(n, Function) and n.name == "forward"]
    if len(forwards) != 1:
        return None
    returns = [each for each in own_nodes(forwards[0]) if isinstance(each, ast.Return)]
    value = returns[0].value if len(returns) == 1 else None
    if isinstance(value, ast.Name):
        value = _last_given(value.id, forwards[0])
    match value:
        case ast.Call(func=func) if called_name(func) == "log_softmax":
            return _ModuleOutput(LOG, value.lineno)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)):
            layers = [
                each.value
                for each in walk(made)
                if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == f"self.{name}"
            ]
            found = _read_layer(layers[0]) if len(layers) == 1 else None
            if found is not None and found.kind == LOGITS:
                return _ModuleOutput(LOGITS, value.lineno)
            return found
        case ast.Call(func=ast.Call() as layer):
            return _read_layer(layer)
    return None


def _last_given(name: str, function: Function) -> ast.expr | None:
    """Return what a variable is given last, where no statement inside of another writes it."""
    stores = [
        each
        for each in own_nodes(function)
        if isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Store)
    ]
    given = [
        each.value
        for each in function.body
        if isinstance(each, ast.Assign)
        and isinstance(each.targets[0], ast.Name)
        and each.targets[0].id == name
    ]
    return given[-1] if given and len(given) == len(stores) else None
