"""Running values of a metric that Lightning averages over the epoch: `compute()` in each step."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.imports import LIGHTNING, full_name, packages_in
from backtrace.recording.source.loops.averaged_metrics import called_by_steps
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, given_once, word_set
from backtrace.recording.source.walks import walk

_STEPS = word_set("training_step validation_step test_step")
_EVALUATING = word_set("validation_step test_step")
_MEAN = ("mean", "'mean'", "torch.mean")


def find_running_values(scope: Scope) -> Iterator[Slip]:
    """Give each `self.metric.compute()` that a step logs for the epoch, and updates as well.

    `beside` says which step it is, or '' of a method that steps call.
    """
    if not packages_in(scope.tree) & LIGHTNING or "torchmetrics" not in packages_in(scope.tree):
        return
    is_shared = scope.name not in _STEPS
    if is_shared and scope.name not in called_by_steps(scope.tree):
        return
    made = _metrics_in(scope.tree)
    for value, line in _logged(scope, is_given=scope.name not in _EVALUATING):
        metric = _computed(value)
        if metric in made and _is_taken_on(metric, scope):
            yield Slip(line, "running-averaged", f"{metric}.compute()", scope.name)


def _logged(scope: Scope, *, is_given: bool) -> Iterator[tuple[ast.expr, int]]:
    """Give what every turn of a step logs for the epoch; `is_given`: where it asks for that."""
    given = given_once(scope)
    for statement in scope.blocks[0]:
        match statement:
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id="self"), attr="log" | "log_dict" as attr)
                ) as call
            ) if _is_averaged(call, is_given=is_given):
                named = [k.value for k in call.keywords if k.arg in ("value", "dictionary")]
                values = [*call.args[attr == "log" :][:1], *named]
            case _:
                continue
        for value in values:
            for each in value.values if isinstance(value, ast.Dict) else [value]:
                known = given.get(each.id, each) if isinstance(each, ast.Name) else each
                yield known, known.lineno


def _is_averaged(call: ast.Call, *, is_given: bool) -> bool:
    options = {each.arg: ast.unparse(each.value) for each in call.keywords}
    on_epoch = options.get("on_epoch", str(not is_given))
    return None not in options and on_epoch == "True" and options.get("reduce_fx", "mean") in _MEAN


def _computed(value: ast.expr) -> str:
    """Return the metric of `self.metric.compute()`, '' of anything else."""
    match value:
        case ast.Call(func=ast.Attribute(value=inner, attr="compute"), args=[]):
            return ast.unparse(inner)
    return ""


def _is_taken_on(metric: str, scope: Scope) -> bool:
    """Whether a metric takes on each batch here, and keeps what it has of those before."""
    called = {ast.unparse(node.func) for node in scope.nodes() if isinstance(node, ast.Call)}
    return bool(called & {metric, f"{metric}.update"}) and f"{metric}.reset" not in called


def _metrics_in(tree: ast.Module) -> set[str]:
    """Return the attributes that hold torchmetrics' objects, or copies of them."""
    found: set[str] = set()
    for node in walk(tree):
        match node:
            case ast.Assign(targets=[ast.Attribute() as target], value=ast.Call() as call):
                is_copy = isinstance(call.func, ast.Attribute) and call.func.attr == "clone"
                full = full_name(call.func, tree)
                if is_copy or (full.startswith("torchmetrics") and ".functional" not in full):
                    found.add(ast.unparse(target))
    return found
