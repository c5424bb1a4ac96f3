"""Metrics of ignite that are given the targets in the place of the predictions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from backtrace.recording.source.imports import full_name, packages_in
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Given, Scope, called_name, given_once, word_set
from backtrace.recording.source.walks import Function, own_nodes, walk

# Of these the two are not alike; an accuracy and a squared error say the same both ways.
_UNLIKE = word_set(
    "Precision Recall Fbeta ConfusionMatrix ClassificationReport MultiLabelConfusionMatrix ROC_AUC "
    "AveragePrecision RocCurve PrecisionRecallCurve R2Score"
)
_LOSSES = word_set(
    "BCELoss BCEWithLogitsLoss CrossEntropyLoss NLLLoss KLDivLoss PoissonNLLLoss "
    "binary_cross_entropy binary_cross_entropy_with_logits cross_entropy nll_loss kl_div "
    "poisson_nll_loss"
)
_SAID = word_set(
    "pred preds prediction predictions predicted hat yhat ypred output outputs logits logit out"
)
_TRUE = word_set("y target targets label labels truth true gt")
_SUPERVISED = word_set("create_supervised_evaluator create_supervised_trainer")
_TRANSFORM = "output_transform"


def find_turned_metrics(scope: Scope) -> Iterator[Slip]:
    """Give the line that gives such a pair: of a transform, or of the step whose result it is.

    By the names of the two, or by their places in what ignite's own evaluator returns.
    """
    if scope.name or "ignite" not in packages_in(scope.tree):
        return
    known = given_once(scope)
    calls = [node for node in walk(scope.tree) if isinstance(node, ast.Call)]
    metrics = [call for call in calls if _is_unlike(call, known, scope.tree)]
    bare = [call for call in metrics if _find_transform(call, scope) is None]
    engines = [call for call in calls if called_name(call.func) in _SUPERVISED] if bare else []
    for call in [*metrics, *engines]:
        given = _find_transform(call, scope)
        pair = _pair_of(given) if given is not None else None
        if given is None or pair is None:
            continue
        is_by_place = call in metrics and _is_by_place(pair, given) and _gives_its_own(calls)
        if is_by_place or _is_turned(pair, given):
            named = call if call in metrics else bare[0]
            yield Slip(pair.lineno, "metric-turned", called_name(named.func))
    if bare and (step := _find_step(calls, known, scope)) is not None:
        yield Slip(step.lineno, "metric-turned", called_name(bare[0].func))


def _is_unlike(call: ast.Call, known: Given, tree: ast.Module) -> bool:
    if not full_name(call.func, tree).startswith("ignite."):
        return False
    name = called_name(call.func)
    if name == "Loss" and call.args:
        loss = call.args[0]
        loss = known.get(loss.id, loss) if isinstance(loss, ast.Name) else loss
        return called_name(loss.func if isinstance(loss, ast.Call) else loss) in _LOSSES
    return name in _UNLIKE


def _find_transform(call: ast.Call, scope: Scope) -> ast.Lambda | Function | None:
    """Return the function that a metric takes its pair by; None where it is given none."""
    named = [each.value for each in call.keywords if each.arg == _TRANSFORM]
    for value in [*named, *call.args]:
        if isinstance(value, ast.Lambda):
            return value
        if isinstance(value, ast.Name) and (own := scope.find_function(value.id)) is not None:
            return own
    # What is not to be read counts as right.
    return ast.Lambda(ast.arguments([], [], None, [], [], None, []), named[0]) if named else None


def _pair_of(function: ast.Lambda | Function) -> ast.Tuple | None:
    """Return the two that a function returns; None where it may return anything else."""
    if isinstance(function, ast.Lambda):
        found = [function.body]
    else:
        ends = [node for node in own_nodes(function) if isinstance(node, ast.Return)]
        found = [node.value for node in ends if node.value is not None]
    match found:
        case [ast.Tuple(elts=[_, _]) as pair]:
            return pair
    return None


def _is_turned(pair: ast.Tuple, function: ast.Lambda | Function) -> bool:
    """Whether the first of a pair is called as targets are, and the second as predictions are."""
    taken = [each.arg for each in function.args.args]
    whole = set(taken) if len(taken) == 1 else set[str]()
    first, second = (_words_in(each, whole) for each in pair.elts)
    return bool(first & _TRUE) and not first & _SAID and bool(second & _SAID)


def _words_in(node: ast.expr, whole: set[str]) -> set[str]:
    names: list[str] = []
    for each in walk(node):
        match each:
            case ast.Name(id=name) if name not in whole:
                names.append(name)
            case ast.Attribute(attr=name) | ast.Constant(value=str(name)):
                names.append(name)
    return {word for name in names for word in re.findall("[a-z]+", name.lower())}


def _is_by_place(pair: ast.Tuple, function: ast.Lambda | Function) -> bool:
    """Whether it is `(output[1], output[0])` of what the function is given, in whatever form."""
    taken = {each.arg for each in function.args.args}
    return len(taken) == 1 and [_places_in(each, taken) for each in pair.elts] == [[1], [0]]


def _places_in(node: ast.expr, taken: set[str]) -> list[object]:
    return [
        each.slice.value
        for each in walk(node)
        if isinstance(each, ast.Subscript)
        and isinstance(each.slice, ast.Constant)
        and called_name(each.value) in taken
    ]


def _gives_its_own(calls: list[ast.Call]) -> bool:
    """Whether all engines of a file are ignite's supervised ones, and return what these do."""
    names = [called_name(call.func) for call in calls]
    made = [call for call in calls if called_name(call.func) in _SUPERVISED]
    changed = any(each.arg in (_TRANSFORM, None) for call in made for each in call.keywords)
    return "Engine" not in names and bool(made) and not changed


def _find_step(calls: list[ast.Call], known: Given, scope: Scope) -> ast.Tuple | None:
    """Return the pair that the step of an engine returns turned round, if a metric is attached."""
    attached = {
        each.id
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "attach"
        for each in call.args[:1]
        if isinstance(each, ast.Name)
    }
    for name in sorted(attached):
        match known.get(name):
            case ast.Call(func=func, args=[ast.Name(id=step), *_]):
                own = scope.find_function(step) if called_name(func) == "Engine" else None
                pair = _pair_of(own) if own is not None else None
                if own is not None and pair is not None and _is_turned(pair, own):
                    return pair
    return None
