"""Early stops of skorch and Lightning that leave a model as its last epoch did, which is used."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.imports import LIGHTNING, packages_in
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import called_name, word_set
from backtrace.recording.source.walks import walk

# Where one of these stands, other weights may be loaded.
_DOUBTS = word_set(
    "Checkpoint ModelCheckpoint TrainEndCheckpoint LoadInitState load_params load_state_dict load "
    "load_from_checkpoint best_model_path ckpt_path StochasticWeightAveraging WeightAveraging "
    "configure_callbacks fast_dev_run best_model_weights_ refit"
)
_USES = {
    "skorch": word_set("predict predict_proba score save_params forward"),
    "lightning": word_set("test predict validate"),
}
_MOST_ARGUMENTS = 1


def find_left_after_stop(tree: ast.Module) -> Iterator[Slip]:
    """Give the early stop on a loss of the validation, if what was fitted is used behind its fit.

    skorch loads the best weights where `load_best=True` says so, Lightning never by itself.
    """
    packages = packages_in(tree)
    kind = "skorch" if "skorch" in packages else "lightning" if packages & LIGHTNING else ""
    if not kind or _is_in_doubt(tree):
        return
    calls = [each for each in walk(tree) if isinstance(each, ast.Call)]
    stops = [each for each in calls if called_name(each.func) == "EarlyStopping"]
    if len(stops) != 1 or not _watches_loss(stops[0], kind):
        return
    fits = [each for each in calls if (found := _method(each)) and found[1] == "fit"]
    for fit in fits:
        net = ast.unparse(fit.func.value)  # type: ignore[attr-defined]
        model = ast.unparse(fit.args[0]) if kind == "lightning" and fit.args else net
        for call in calls:
            owner, method = _method(call) or ("", "")
            is_used = owner == net and method in _USES[kind] and call.lineno > fit.lineno
            is_given = kind == "skorch" or (call.args and ast.unparse(call.args[0]) == model)
            if is_used and is_given:
                yield Slip(stops[0].lineno, "best-left", model, str(call.lineno))
                return


def _is_in_doubt(tree: ast.Module) -> bool:
    return any(
        name in _DOUBTS or "ema" in name.lower().split("_")
        for node in walk(tree)
        for name in (
            getattr(node, "id", ""),
            getattr(node, "attr", ""),
            getattr(node, "arg", "") or "",
        )
    )


def _watches_loss(call: ast.Call, kind: str) -> bool:
    """Whether a stop waits for a validation's loss to fall, and loads nothing."""
    given = {each.arg: each.value for each in call.keywords}
    if None in given or "load_best" in given or len(call.args) > _MOST_ARGUMENTS:
        return False
    monitor = call.args[0] if call.args else given.get("monitor")
    if monitor is None:
        return kind == "skorch"  # "valid_loss"
    is_loss = (
        isinstance(monitor, ast.Constant)
        and isinstance(monitor.value, str)
        and "loss" in monitor.value
        and "val" in monitor.value
    )
    turned = given.get("mode"), given.get("lower_is_better")
    return is_loss and all(
        each is None or (isinstance(each, ast.Constant) and each.value in ("min", True))
        for each in turned
    )


def _method(call: ast.Call) -> tuple[str, str] | None:
    match call.func:
        case ast.Attribute(value=owner, attr=attr):
            return ast.unparse(owner), attr
    return None
