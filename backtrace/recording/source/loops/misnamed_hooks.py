"""Methods that a framework is to call, under a name that it does not know."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import lru_cache

from backtrace.recording.source.imports import LIGHTNING, full_name
from backtrace.recording.source.loops.misspelt_options import is_slip_of
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set
from backtrace.recording.source.walks import Function, walk

_LIGHTNINGS = word_set("LightningModule LightningDataModule Callback")
_TRANSFORMERS = word_set("Trainer Seq2SeqTrainer TrainerCallback")
_BESIDE = word_set("object ABC Generic Module Dataset")
# Parts of names that are written for one another.
_SAME = {
    **dict.fromkeys(word_set("train training trains"), "train"),
    **dict.fromkeys(word_set("val valid validation validate validating eval evaluation"), "val"),
    **dict.fromkeys(word_set("test testing tests"), "test"),
    **dict.fromkeys(word_set("predict prediction predicting predictions"), "predict"),
    **dict.fromkeys(word_set("loader dataloader dataloaders loaders"), "loader"),
    **dict.fromkeys(word_set("optimizer optimizers optimiser optimisers optim"), "optimizer"),
    **dict.fromkeys(word_set("end ends"), "end"),
    **dict.fromkeys(word_set("step steps"), "step"),
    **dict.fromkeys(word_set("compute computes"), "compute"),
    **dict.fromkeys(word_set("loss losses"), "loss"),
}
# What a framework asks an object for by the name, and what asks for it.
_HOOK = re.compile(r"on_.+|configure_.+|.+_step|.+_dataloader|compute_loss|prediction_step")
_ASKS = {"val": word_set("fit validate"), "test": word_set("test"), "predict": word_set("predict")}
_PART = 4  # letters of a name that is put together
Classes = dict[str, ast.ClassDef]


def find_misnamed_hooks(scope: Scope) -> Iterator[Slip]:
    """Give the methods that nothing in the file calls, and in `beside` the hook that was meant.

    That is where the class, with those of the file above and below it, has none of that name, and
    the file is the one with the trainer: what is called from another file is not seen.
    """
    tree = scope.tree
    if scope.name or not isinstance(scope.node, ast.Module) or not _has_trainer(tree):
        return
    classes = {each.name: each for each in walk(tree) if isinstance(each, ast.ClassDef)}
    for owner in classes.values():
        known = _names_above(owner, classes, tree, 0)
        hooks = {name for name in known if _HOOK.fullmatch(name)} - _written(tree)
        for method in owner.body:
            if isinstance(method, Function) and _is_unknown(method, known, tree):
                meant = _find_meant(method.name, hooks)
                if meant and _is_asked_for(meant, tree):
                    yield Slip(method.lineno, "hook-misnamed", method.name, meant)


def _has_trainer(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Call) and called_name(node.func) in ("fit", "train", "Trainer")
        for node in walk(tree)
    )


def _names_above(owner: ast.ClassDef, classes: Classes, tree: ast.Module, deep: int) -> set[str]:
    """Return what the framework's class has that one derives from; nothing if that is not sure."""
    found: set[str] = set()
    for base in owner.bases:
        full = full_name(base, tree)
        package, _, name = full.rpartition(".")
        inner = classes.get(called_name(base))
        if inner is not None and inner is not owner and deep < len(classes):
            above = _names_above(inner, classes, tree, deep + 1)
            if not above and inner.bases:
                return set()
            found |= above
        elif _is_framework(package, name):
            # The file has imported it: a package that waits with its imports has it by now.
            kind = getattr(sys.modules.get(package), name, None)
            if not isinstance(kind, type):
                return set()
            found |= set(dir(kind))
        elif called_name(base) not in _BESIDE:
            return set()
    return found


def _is_framework(package: str, name: str) -> bool:
    top = package.partition(".")[0]
    return (top in LIGHTNING and name in _LIGHTNINGS) or (
        top == "transformers" and name in _TRANSFORMERS
    )


@lru_cache(maxsize=2)
def _written(tree: ast.Module) -> frozenset[str]:
    """Return what the file defines, and what it writes to objects."""
    found: set[str] = set()
    for node in walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                found.add(name)
            case ast.Attribute(attr=name, ctx=ast.Store()) | ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
    return frozenset(found)


@lru_cache(maxsize=2)
def _mentioned(tree: ast.Module) -> frozenset[str]:
    """Return the names that the file reads in any way, those in texts as well."""
    found: set[str] = set()
    for node in walk(tree):
        match node:
            case ast.Attribute(attr=name, ctx=ast.Load()) | ast.Name(id=name, ctx=ast.Load()):
                found.add(name)
            case ast.Constant(value=str(text)):
                found.update(re.findall(r"\w+", text))
    return frozenset(found)


def _is_unknown(method: Function, known: set[str], tree: ast.Module) -> bool:
    """Whether neither the framework nor the file knows a method, and nothing decorates it."""
    name = method.name
    if name.startswith("_") or method.decorator_list or name in known | _mentioned(tree):
        return False
    # `getattr(self, f"{stage}_step")`
    return not any(
        len(part.value) >= _PART and (name.endswith(part.value) or name.startswith(part.value))
        for node in walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def _find_meant(name: str, hooks: set[str]) -> str:
    """Return the hook that a name is one letter, or other words for the same, away from."""
    found = [each for each in sorted(hooks) if is_slip_of(name, each)]
    found += [each for each in sorted(hooks) if _words(each) == _words(name)]
    return found[0] if found else ""


def _words(name: str) -> tuple[str, ...]:
    parts = name.replace("data_loader", "dataloader").lower().split("_")
    words = [_SAME.get(part, part) for part in parts]
    return tuple(words[1:] if words[0] == "on" else words)


def _is_asked_for(hook: str, tree: ast.Module) -> bool:
    """Whether the file runs what needs a hook: data that is handed over is not asked for."""
    stage = next((stage for stage in _ASKS if stage in _words(hook)), "")
    calls = [
        node
        for node in walk(tree)
        if isinstance(node, ast.Call) and called_name(node.func) in _ASKS.get(stage, ())
    ]
    if not hook.endswith("_dataloader"):
        return not stage or bool(calls) or not hook.startswith(("test", "predict"))
    if not stage:
        return True
    return bool(calls) and not any(_hands_over(call) for call in calls)


def _hands_over(call: ast.Call) -> bool:
    """Whether a call is given the data beside the model, or what it is given is not seen."""
    given = {each.arg for each in call.keywords}
    most = 2 if called_name(call.func) == "fit" else 1
    return (
        bool(given & {"val_dataloaders", "dataloaders", None})
        or len(call.args) > most
        or any(isinstance(each, ast.Starred) for each in call.args)
    )
