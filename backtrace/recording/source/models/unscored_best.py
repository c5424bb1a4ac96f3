"""What is loaded as the best of a run, where no score has chosen it: Lightning's, and skorch's."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.imports import LIGHTNING, packages_in
from backtrace.recording.source.models.listed_callbacks import first_checkpoint, has_monitor
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, walk

_TAKES_BEST = word_set("test validate predict")
_LOADS = ("load", "test", "validate", "predict", "copy", "restore", "evaluate", "eval")
# Words of who wants the last one, whatever it is called.
_NOT_BEST = word_set("last latest final resume resumed periodic regular every epoch epochs steps")
_METRICS = word_set("loss acc accuracy f1 auc error err score mse mae rmse precision recall r2")
_ADDS = word_set("append insert extend")
_RELOADS = word_set("load_params load_checkpoint load")


def find_unscored_best(scope: Scope) -> Iterator[Slip]:
    """Give each read of a best checkpoint of which none was chosen, once for a file.

    `beside` is the line of the callback that keeps it, or '' where the slip is the callback's own.
    """
    if not isinstance(scope.node, ast.Module):
        return
    roots = packages_in(scope.tree)
    if roots & LIGHTNING:
        yield from _of_lightning(scope.tree)
    if "skorch" in roots:
        yield from _of_skorch(scope.tree)


def _of_lightning(tree: ast.Module) -> Iterator[Slip]:
    made = [each for each in _calls(tree) if called_name(each.func) == "ModelCheckpoint"]
    if not made or all(map(has_monitor, made)) or _is_in_doubt(tree):
        return
    trainers = [
        each
        for each in _calls(tree)
        if called_name(each.func) == "Trainer" and "callbacks" in {k.arg for k in each.keywords}
    ]
    has_choice = len(trainers) == 1 and any(map(has_monitor, made))
    told: set[int] = set()
    for read, owner, attribute in _reads(tree):
        first, is_trainers = first_checkpoint(tree, owner, made)
        if first is None or has_monitor(first):
            continue
        is_other = is_trainers and has_choice
        if _wants_the_last(tree, read, owner, first, is_other):
            continue
        text = 'ckpt_path="best"' if attribute == "best" else ast.unparse(read)
        if is_other:
            line, beside = read.lineno, str(first.lineno)
        elif attribute != "best_model_score" and _is_loaded(tree, read) and _validates(tree):
            line, beside = first.lineno, ""
        else:
            continue
        if line not in told:
            told.add(line)
            yield Slip(line, "unscored-best", text, beside)


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in walk(tree) if isinstance(node, ast.Call))


def _is_in_doubt(tree: ast.Module) -> bool:
    """Whether callbacks or their monitors are set in a way that is not followed here."""
    for node in walk(tree):
        match node:
            case ast.FunctionDef(name="configure_callbacks"):
                return True
            case ast.Attribute(attr="monitor", ctx=ast.Store()):
                return True
            case ast.Attribute(value=ast.Attribute(attr="callbacks"), attr=what) if what in _ADDS:
                return True
            case ast.keyword(arg="fast_dev_run" | "max_epochs", value=ast.Constant(value=value)):
                if value in (1, True):
                    return True
    return False


def _reads(tree: ast.Module) -> Iterator[tuple[ast.expr, ast.expr, str]]:
    """Give what is read as the best, whose it is, and under which name."""
    for node in walk(tree):
        match node:
            case ast.Attribute(
                value=owner, attr="best_model_path" | "best_model_score" as name, ctx=ast.Load()
            ):
                yield node, owner, name
            case ast.Call(func=ast.Attribute(value=owner, attr=method), keywords=given):
                is_best = any(
                    each.arg == "ckpt_path"
                    and isinstance(each.value, ast.Constant)
                    and each.value.value == "best"
                    for each in given
                )
                if is_best and method in _TAKES_BEST:
                    of = ast.Attribute(value=owner, attr="checkpoint_callback", ctx=ast.Load())
                    yield node, of, "best"


def _wants_the_last(
    tree: ast.Module, read: ast.expr, owner: ast.expr, first: ast.Call, is_other: bool
) -> bool:
    """Whether the names around say that it is the last checkpoint that is meant."""
    around = _statement_of(tree, read)
    targets = around.targets if isinstance(around, ast.Assign) else []
    names = [each.id for part in targets for each in walk(part) if isinstance(each, ast.Name)]
    names.append(owner.attr if isinstance(owner, ast.Attribute) else ast.unparse(owner))
    if not is_other:
        files = [_text(each.value) for each in first.keywords if each.arg == "filename"]
        names += [name.split("{")[0].replace("-", "_") for name in files]
    above = parents_in(tree).get(id(read))
    if isinstance(above, ast.keyword):
        above = parents_in(tree).get(id(above))
    is_resumed = isinstance(above, ast.Call) and called_name(above.func) == "fit"
    return is_resumed or any(words_of(name) & _NOT_BEST for name in names)


def _statement_of(tree: ast.Module, node: ast.AST) -> ast.AST:
    parents = parents_in(tree)
    while not isinstance(node, ast.stmt):
        node = parents[id(node)]
    return node


def _is_loaded(tree: ast.Module, read: ast.expr) -> bool:
    """Whether what is read is handed to a call that loads it, itself or by a variable's name."""
    if isinstance(read, ast.Call):
        return True
    around = _statement_of(tree, read)
    wanted = {ast.unparse(read)}
    if isinstance(around, ast.Assign) and around.value is read:
        wanted |= {ast.unparse(each) for each in around.targets}
    return any(
        ast.unparse(given) in wanted
        for call in _calls(tree)
        if any(word in called_name(call.func).lower() for word in _LOADS)
        for given in (*call.args, *(each.value for each in call.keywords))
    )


def _validates(tree: ast.Module) -> bool:
    """Whether the file logs a score of a validation, and hands over what it is computed of."""
    logs = has_own = False
    fits: list[bool] = []
    for node in walk(tree):
        match node:
            case ast.FunctionDef(name="validation_step"):
                logs = logs or any(
                    isinstance(each, ast.Attribute) and each.attr in ("log", "log_dict")
                    for each in walk(node)
                )
            case ast.FunctionDef(name="val_dataloader"):
                has_own = True
            case ast.Call(func=ast.Attribute(attr="fit"), args=args, keywords=given):
                names = {each.arg for each in given}
                fits.append(len(args) > 2 or "val_dataloaders" in names)
            case ast.keyword(arg="limit_val_batches", value=ast.Constant(value=0)):
                return False
    return logs and (has_own or (bool(fits) and all(fits)))


def _of_skorch(tree: ast.Module) -> Iterator[Slip]:
    """Give each callback of skorch that writes in every epoch, as its metric is never falsy."""
    if any(
        isinstance(each, ast.ClassDef | Function) and each.name == "Checkpoint"
        for each in walk(tree)
    ):
        return
    for call in _calls(tree):
        if called_name(call.func) != "Checkpoint" or any(
            each.arg is None for each in call.keywords
        ):
            continue
        given = {str(each.arg): each.value for each in call.keywords}
        monitor = _text(given.get("monitor") or (call.args[0] if call.args else None))
        words = words_of(monitor.replace("-", "_").replace("/", "_"))
        is_metric = bool(words & _METRICS) and not words & {"best", "improved", "is"}
        keeps_all = any("{" in _text(value) for name, value in given.items() if name != "monitor")
        is_loaded = _is_true(given.get("load_best")) or _is_reloaded(tree)
        if is_metric and is_loaded and not keeps_all and not _is_recorded(tree, monitor):
            yield Slip(call.lineno, "unscored-best", monitor, "skorch")


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _is_recorded(tree: ast.Module, name: str) -> bool:
    """Whether the file writes the value itself, which may then be a yes or no."""
    return any(
        called_name(call.func) in ("record", "PassthroughScoring")
        and any(_text(each) == name for each in (*call.args, *(k.value for k in call.keywords)))
        for call in _calls(tree)
    )


def _is_reloaded(tree: ast.Module) -> bool:
    return any(called_name(call.func) in _RELOADS for call in _calls(tree))
