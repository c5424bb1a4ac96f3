"""Ignite's handlers that choose the best model by what a trainer's step returned for one batch."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.imports import packages_in
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set
from backtrace.recording.source.walks import Function, own_nodes, walk

_WAITING = word_set("EarlyStopping Checkpoint ModelCheckpoint")
_TRAINERS = word_set("create_supervised_trainer")
_PLACE = 1  # of EarlyStopping's score function among its arguments
Scorer = ast.Lambda | Function


def find_batch_scores(scope: Scope) -> Iterator[Slip]:
    """Give each handler whose score is made of a trainer's `state.output`, and of no metrics.

    The output is that of the last batch. Where each epoch is one batch, or the file writes an
    output of its own, that is another thing.
    """
    if not isinstance(scope.node, ast.Module) or "ignite" not in packages_in(scope.tree):
        return
    if any(map(_is_in_doubt, walk(scope.tree))):
        return
    trainers = set(_trainers_of(scope.tree))
    for call, names in _handlers(scope.tree):
        score = _score_of(call, scope.tree)
        if score is None or "metrics" in ast.unparse(score):
            continue
        engines = {ast.unparse(each) for each in _engines_read(score)}
        own = {each.arg for each in score.args.args[:1]}
        added = set(_added_to(scope.tree, names, call)) if engines & own else set()
        found = sorted((engines | added) & trainers)
        if found and (added <= trainers):
            yield Slip(call.lineno, "batch-scored", called_name(call.func), found[0])


def _is_in_doubt(node: ast.AST) -> bool:
    """Whether an output is written by hand, or an epoch is one batch."""
    match node:
        case ast.Attribute(attr="output", ctx=ast.Store()):
            return True
        case ast.keyword(arg="epoch_length"):
            return True
        case ast.Call(func=ast.Attribute(attr="run"), args=[ast.List(elts=[_]), *_]):
            return True
    return False


def _trainers_of(tree: ast.Module) -> Iterator[str]:
    """Give the names of the engines whose step goes backward."""
    steps = {
        each.name
        for each in walk(tree)
        if isinstance(each, Function)
        and any(isinstance(n, ast.Attribute) and n.attr == "backward" for n in own_nodes(each))
    }
    for node in walk(tree):
        match node:
            case ast.Assign(targets=[target], value=ast.Call(func=func, args=args)):
                is_engine = called_name(func) == "Engine" and args
                is_own = bool(is_engine) and called_name(args[0]) in steps
                if called_name(func) in _TRAINERS or is_own:
                    yield ast.unparse(target)


def _handlers(tree: ast.Module) -> Iterator[tuple[ast.Call, set[str]]]:
    """Give the calls that make a handler which is told a score, each with the handler's names."""
    for node in walk(tree):
        if isinstance(node, ast.Call) and called_name(node.func) in _WAITING:
            yield (
                node,
                {
                    ast.unparse(target)
                    for each in walk(tree)
                    if isinstance(each, ast.Assign) and each.value is node
                    for target in each.targets
                },
            )


def _score_of(call: ast.Call, tree: ast.Module) -> Scorer | None:
    """Return the function that a handler takes its score from, where it stands in the file."""
    given = [each.value for each in call.keywords if each.arg == "score_function"]
    if not given and called_name(call.func) == "EarlyStopping":
        given = call.args[_PLACE : _PLACE + 1]
    match given:
        case [ast.Lambda() as score]:
            return score
        case [ast.Name(id=name)]:
            made = [e for e in walk(tree) if isinstance(e, Function) and e.name == name]
            return made[0] if len(made) == 1 else None
    return None


def _engines_read(score: Scorer) -> Iterator[ast.expr]:
    """Give what the outputs are of that a score reads: `engine` of `engine.state.output`."""
    for node in walk(score):
        match node:
            case ast.Attribute(value=ast.Attribute(value=engine, attr="state"), attr="output"):
                yield engine


def _added_to(tree: ast.Module, names: set[str], made: ast.Call) -> Iterator[str]:
    """Give the engines that a handler is added to."""
    for node in walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=engine, attr="add_event_handler"), args=[_, handler, *_]
            ):
                if handler is made or ast.unparse(handler) in names:
                    yield ast.unparse(engine)
