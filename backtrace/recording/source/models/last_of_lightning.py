"""Lightning's trainers that test the model as its last epoch left it, where the best was kept."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.imports import LIGHTNING, packages_in
from backtrace.recording.source.models.listed_callbacks import has_monitor
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import called_name, parents_in, word_set
from backtrace.recording.source.walks import Function, walk

# Where one of these stands, other weights may be loaded, or it is one epoch or an average.
_DOUBTS = word_set(
    "best_model_path load_from_checkpoint load_state_dict load ckpt_path fast_dev_run "
    "StochasticWeightAveraging WeightAveraging configure_callbacks last_model_path"
)
_NO_SCORES = word_set("step epoch global_step")


def find_last_of_lightning(tree: ast.Module) -> Iterator[Slip]:
    """Give each `trainer.test(model, ...)` of the model that the same trainer fitted."""
    if not packages_in(tree) & LIGHTNING or _is_in_doubt(tree):
        return
    calls = [each for each in walk(tree) if isinstance(each, ast.Call)]
    kept = [each for each in calls if called_name(each.func) == "ModelCheckpoint"]
    trainers = [each for each in calls if called_name(each.func) == "Trainer"]
    if len(kept) != 1 or len(trainers) != 1 or not _keeps_best(kept[0]):
        return
    names = _names_of(tree, trainers[0])
    fits = {text: each for each in calls if (text := _given(each, "fit", names))}
    for call in calls:
        model = _given(call, "test", names)
        fit = fits.get(model)
        if (
            model
            and fit is not None
            and fit.lineno < call.lineno
            and _function_of(tree, fit) is _function_of(tree, call)
        ):
            yield Slip(call.lineno, "best-unused", model, str(kept[0].lineno), 1)
            return


def _is_in_doubt(tree: ast.Module) -> bool:
    for node in walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                if name in _DOUBTS or "ema" in name.lower().split("_"):
                    return True
            case ast.FunctionDef(name="configure_callbacks"):
                return True
    return any(
        isinstance(node, ast.keyword)
        and node.arg == "max_epochs"
        and isinstance(node.value, ast.Constant)
        and node.value.value == 1
        for node in walk(tree)
    )


def _keeps_best(call: ast.Call) -> bool:
    given = {each.arg: each.value for each in call.keywords}
    monitor, most = given.get("monitor"), given.get("save_top_k")
    is_score = isinstance(monitor, ast.Constant) and monitor.value not in _NO_SCORES
    keeps = most is None or (isinstance(most, ast.Constant) and most.value == 1)
    return has_monitor(call) and is_score and keeps and None not in given


def _names_of(tree: ast.Module, trainer: ast.Call) -> set[str]:
    """Return what a trainer is called, where it is given callbacks."""
    if "callbacks" not in {each.arg for each in trainer.keywords}:
        return set()
    above = parents_in(tree).get(id(trainer))
    return {ast.unparse(each) for each in above.targets} if isinstance(above, ast.Assign) else set()


def _given(call: ast.Call, method: str, names: set[str]) -> str:
    """Return the model that a method of the trainer is given by a name; '' for none."""
    match call.func:
        case ast.Attribute(value=owner, attr=attr) if attr == method:
            if ast.unparse(owner) not in names:
                return ""
            given = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "model")]
            named = [each for each in given if isinstance(each, ast.Name | ast.Attribute)]
            return ast.unparse(named[0]) if named else ""
    return ""


def _function_of(tree: ast.Module, node: ast.AST) -> ast.AST:
    parents = parents_in(tree)
    while not isinstance(node, Function | ast.Module):
        node = parents[id(node)]
    return node
