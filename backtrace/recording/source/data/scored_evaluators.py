"""Ignite's handlers that wait for a better score of an evaluator that is run on two data sets."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import Function, walk

_WAITING = word_set("EarlyStopping Checkpoint ModelCheckpoint")
_ADDED = "add_early_stopping_by_val_score"
_SCORES = word_set("score_function score_name")
_TRAINED = word_set("train training trainset trainloader trn tr")
_HELD_OUT = word_set("val valid validation dev test eval valloader testloader valset testset")
_AFTER = word_set("COMPLETED EPOCH_COMPLETED")
_EACH = ("EPOCH_COMPLETED", "ITERATION_COMPLETED", "EPOCH_STARTED")
_KNOWS = word_set("dataloader remove_event_handler")


def find_scored_evaluators(scope: Scope) -> Iterator[Slip]:
    """Give each handler whose evaluator is run on training rows and on others, in each epoch."""
    tree = scope.tree
    if scope.name or any(map(_is_known, walk(tree))):
        return
    for call, engine in _listeners(tree):
        own = _parts_with(call, tree) if engine.startswith("self.") else [tree]
        if sum(_count_made(engine, part) for part in own) > 1:
            continue
        repeated = [function for part in own for function in _repeated(part)]
        runs = [each for function in repeated for each in _runs_of(engine, function)]
        trained = [each for each in runs if _words_in(each) & _TRAINED]
        held_out = [each for each in runs if _words_in(each) & _HELD_OUT]
        if trained and any(each not in trained for each in held_out):
            yield Slip(call.lineno, "two-sets", engine, trained[0][:LONGEST])


def _is_known(node: ast.AST) -> bool:
    """Whether something asks which data an engine was run on, or takes a handler off."""
    if not isinstance(node, ast.Attribute):
        return False
    return node.attr in _KNOWS and isinstance(node.ctx, ast.Load)


def _listeners(tree: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """Give the calls that let something wait for an engine's scores, with the engine."""
    waiting = {
        ast.unparse(each.targets[0])
        for each in walk(tree)
        if isinstance(each, ast.Assign) and _waits(each.value)
    }
    for node in walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=engine, attr="add_event_handler"),
                args=[ast.Attribute(attr=event), handler, *_],
            ) if event in _AFTER:
                if ast.unparse(handler) in waiting or _waits(handler):
                    yield node, ast.unparse(engine)
            case ast.Call(func=func, args=[_, engine, *_]) if called_name(func) == _ADDED:
                yield node, ast.unparse(engine)


def _waits(value: ast.expr) -> bool:
    """Whether something is a handler of ignite's that is told a score."""
    if not isinstance(value, ast.Call) or called_name(value.func) not in _WAITING:
        return False
    return any(each.arg in _SCORES for each in value.keywords)


def _parts_with(call: ast.Call, tree: ast.Module) -> list[ast.AST]:
    """Return the class that a call stands in, with those of the file that it is made of.

    An attribute of another class is another engine, though it is written alike.
    """
    classes = [each for each in walk(tree) if isinstance(each, ast.ClassDef)]
    around = [each for each in classes if any(node is call for node in walk(each))]
    if not around:
        return [tree]
    found = [around[-1]]
    for each in found:  # grows while it is gone through
        bases = {called_name(base) for base in each.bases}
        found += [other for other in classes if other.name in bases and other not in found]
        found += [
            other
            for other in classes
            if each.name in map(called_name, other.bases) and other not in found
        ]
    return list(found)


def _count_made(engine: str, tree: ast.AST) -> int:
    """Return how often the file writes to an engine's name: one of several may be another."""
    return sum(
        ast.unparse(target) == engine
        for each in walk(tree)
        if isinstance(each, ast.Assign)
        for target in each.targets
    )


def _repeated(tree: ast.AST) -> list[Function]:
    """Return the functions that a trainer calls in each of its epochs."""
    added = {
        called_name(each.args[1])
        for each in walk(tree)
        if isinstance(each, ast.Call)
        and called_name(each.func) == "add_event_handler"
        and len(each.args) > 1
        and _is_for_each(each.args[0])
    }
    return [
        each
        for each in walk(tree)
        if isinstance(each, Function)
        and (each.name in added or any(map(_is_on_each, each.decorator_list)))
    ]


def _is_on_each(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and called_name(node.func) == "on"
        and bool(node.args)
        and _is_for_each(node.args[0])
    )


def _is_for_each(event: ast.expr) -> bool:
    return any(isinstance(e, ast.Attribute) and e.attr in _EACH for e in walk(event))


def _runs_of(engine: str, function: Function) -> Iterator[str]:
    """Give what an engine is run on in a function, each as it is written."""
    for node in walk(function):
        match node:
            case ast.Call(func=ast.Attribute(value=owner, attr="run"), args=[given, *_]):
                if ast.unparse(owner) == engine:
                    yield from _meant(given, function)


def _meant(given: ast.expr, function: Function) -> Iterator[str]:
    """Give what an expression stands for: of a loop's variable, each of what it goes through."""
    for node in walk(function):
        if (
            isinstance(given, ast.Name)
            and isinstance(node, ast.For)
            and any(isinstance(e, ast.Name) and e.id == given.id for e in walk(node.target))
        ):
            parts = [each for each in walk(node.iter) if isinstance(each, ast.Name)]
            yield from (each.id for each in parts)
            return
    yield ast.unparse(given)


def _words_in(text: str) -> frozenset[str]:
    spaced = "".join(each if each.isalnum() else "_" for each in text)
    return words_of(spaced)
