"""Options that another option, or a method of one's own, keeps from having any effect."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.imports import LIGHTNING, full_name, packages_in
from backtrace.recording.source.loops.idle_options import number_of
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set
from backtrace.recording.source.walks import Function, walk

_WARM_UPS = word_set("warmup_steps warmup_ratio num_warmup_steps")
_SCHEDULES = word_set("lr_scheduler_type name")
_CLIP = "gradient_clip_val"
_CLIPS = "configure_gradient_clipping"
_UNFREEZES = "unfreeze_backbone_at_epoch"
_USUAL_EPOCH = 10  # of BackboneFinetuning
_USES = word_set("test predict save_checkpoint")
_DUE = word_set("every once")
_EPOCH_EVENTS = word_set("EPOCH_STARTED EPOCH_COMPLETED")


def find_overruled_options(scope: Scope) -> Iterator[Slip]:
    """Give a warm-up of a constant schedule, clipping that an own method leaves out, and turns.

    These are epochs at which something is due, that come after the last one. Give what has a
    model learn a few batches by heart, too, where it is tested or kept.
    """
    if scope.name:
        return
    packages, tree = packages_in(scope.tree), scope.tree
    if packages & {"transformers", "diffusers"}:
        yield from _unwarmed(tree)
    if packages & LIGHTNING:
        yield from _unclipped(tree)
        yield from _never_unfrozen(tree)
        yield from _left_to_overfit(tree)
    if "ignite" in packages:
        yield from _never_due(tree)


def _unwarmed(tree: ast.Module) -> Iterator[Slip]:
    """Give the warm-ups of schedules that are told to be constant, all through."""
    if any(isinstance(n, ast.Attribute) and n.attr == "lr_scheduler_type" for n in walk(tree)):
        return
    for call in _calls(tree):
        name = called_name(call.func)
        if not (name.endswith("TrainingArguments") or name == "get_scheduler"):
            continue
        told = [each.value for each in call.keywords if each.arg in _SCHEDULES]
        told += call.args[:1] if name == "get_scheduler" else []
        if not any(_is_constant(each) for each in told):
            continue
        for each in call.keywords:
            if each.arg in _WARM_UPS and (number_of(each.value, tree) or 0) > 0:
                yield Slip(each.value.lineno, "option-idle", each.arg or "", name)


def _is_constant(value: ast.expr) -> bool:
    match value:
        case ast.Constant(value=told):
            return told == "constant"
        case ast.Attribute(value=ast.Name(id="SchedulerType"), attr=name):
            return name == "CONSTANT"
    return False


def _unclipped(tree: ast.Module) -> Iterator[Slip]:
    """Give each own method that is to clip and does not, where the Trainer is given a limit."""
    given = [
        each
        for call in _calls(tree)
        if full_name(call.func, tree).endswith(".Trainer")
        for each in call.keywords
        if each.arg == _CLIP and (number_of(each.value, tree) or 0) > 0
    ]
    for owner in walk(tree) if given else ():
        if not isinstance(owner, ast.ClassDef):
            continue
        for method in owner.body:
            if isinstance(method, Function) and method.name == _CLIPS and not _may_clip(method):
                yield Slip(method.lineno, "option-idle", _CLIP, f"{owner.name}.{_CLIPS}")


def _may_clip(method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a method asks anything to clip, raises, or writes to what it is given."""
    for node in (inner for statement in method.body for inner in walk(statement)):
        match node:
            case ast.Raise() | ast.AugAssign() | ast.Attribute(ctx=ast.Store()):
                return True
            case ast.Call(func=func, args=args):
                name = called_name(func)
                is_given = any("optimizer" in ast.unparse(each) for each in args)
                if "clip" in name or name.endswith("_") or is_given:
                    return True
    return False


def _never_unfrozen(tree: ast.Module) -> Iterator[Slip]:
    """Give each backbone that is to be unfrozen at an epoch that no Trainer comes to."""
    trainers = [c for c in _calls(tree) if full_name(c.func, tree).endswith(".Trainer")]
    last = _last_epoch([_told(each) for each in trainers], tree)
    for call in _calls(tree) if last else ():
        if called_name(call.func) != "BackboneFinetuning" or any(
            each.arg is None for each in call.keywords
        ):
            continue
        given = [each.value for each in call.keywords if each.arg == _UNFREEZES]
        given = given or call.args[:1]
        epoch = number_of(given[0], tree) if given else _USUAL_EPOCH
        if epoch is not None and epoch >= last:
            line = given[0].lineno if given else call.lineno
            yield Slip(line, "option-idle", _UNFREEZES, f"{epoch:g}", last)


def _left_to_overfit(tree: ast.Module) -> Iterator[Slip]:
    """Give `overfit_batches` of a file's every Trainer, where the model is put to use as well."""
    trainers = [c for c in _calls(tree) if full_name(c.func, tree).endswith(".Trainer")]
    given = [k.value for c in trainers for k in c.keywords if k.arg == "overfit_batches"]
    used = [c for c in _calls(tree) if called_name(c.func) in _USES and _is_of_trainer(c)]
    if len(given) != len(trainers) or not used:
        return
    for value in given:
        number = number_of(value, tree) or 0
        if 0 < number < 1 or (isinstance(number, int) and number):
            line = used[-1].lineno
            yield Slip(value.lineno, "few-batches", f"overfit_batches={number:g}", str(line))


def _is_of_trainer(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and "trainer" in ast.unparse(call.func.value)


def _never_due(tree: ast.Module) -> Iterator[Slip]:
    """Give each `Events.EPOCH_COMPLETED(every=n)` of which no engine of the file comes to the n."""
    runs = [call for call in _calls(tree) if called_name(call.func) == "run"]
    told = [value for call in runs if (value := _told(call)) is not None or len(call.args) > 1]
    last = _last_epoch(told, tree)
    for call in _calls(tree) if last else ():
        match call.func:
            case ast.Attribute(value=ast.Name(id="Events"), attr=name) if name in _EPOCH_EVENTS:
                for each in call.keywords:
                    number = number_of(each.value, tree) if each.arg in _DUE else None
                    if number is not None and number > last:
                        yield Slip(
                            each.value.lineno, "option-idle", each.arg or "", f"{number:g}", last
                        )


def _told(call: ast.Call) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == "max_epochs"), None)


def _last_epoch(told: list[ast.expr | None], tree: ast.Module) -> int:
    """Return the most epochs that are told anywhere; 0 where one of them is not known."""
    numbers = [number_of(each, tree) if each is not None else None for each in told]
    known = [int(each) for each in numbers if each is not None and each >= 1]
    is_written = any(
        isinstance(node, ast.Attribute)
        and node.attr == "max_epochs"
        and isinstance(node.ctx, ast.Store)
        for node in walk(tree)
    )
    return max(known, default=0) if len(known) == len(numbers) and not is_written else 0


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in walk(tree) if isinstance(node, ast.Call))
