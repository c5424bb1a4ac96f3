"""Best weights that a loop keeps and nothing loads: the last ones are tested."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from backtrace.recording.source.models.kept_under_best import KeptAtBest, find_kept, outermost
from backtrace.recording.source.models.last_of_lightning import find_last_of_lightning
from backtrace.recording.source.models.last_tested import called_function, find_test
from backtrace.recording.source.models.left_after_stop import find_left_after_stop
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_LOADS = word_set(
    "load loads restore restored reload resume recover revert rollback pretrained unpickler swap "
    "hub import"
)
_OF_DATA = word_set(
    "data dataset datasets dataloader loader loaders csv npy npz json yaml iris digits wine cancer "
    "diabetes images image config cfg corpus vocab graph mnist cifar split splits tokenizer"
)
_NO_MODELS = word_set("np numpy json yaml toml")
_UNREAD = word_set("save print info debug makedirs exists remove unlink dirname len")
_OF_LAST = word_set("last latest swa ema averaged")


def find_unused_best(scope: Scope) -> Iterator[Slip]:
    """Give the line that tests a model behind the loop that kept its best, which nobody loads.

    `beside` is the line that keeps it. A call in the file that may load weights, but before the
    loop, leaves all of it alone, as does a file's name or a copy that is read once more.
    """
    if scope.reads_all:
        return
    if isinstance(scope.node, ast.Module):
        yield from find_last_of_lightning(scope.tree)
        yield from find_left_after_stop(scope.tree)
    for kept in _all_kept(scope):
        if _may_load(scope, kept) or _is_read(scope.tree, kept.into):
            continue
        behind = list(_behind(scope, kept.loop))
        if _wants_the_last(behind) or _is_tested_at_best(scope, kept):
            continue
        found = find_test(scope, behind, kept.models)
        if found is not None:
            line, model = found
            yield Slip(line, "best-unused", model, str(kept.line))
            return


def _all_kept(scope: Scope) -> Iterator[KeptAtBest]:
    """Give what is kept as the best in a scope, or in a function or method that it calls."""
    classes = _classes_in(scope.tree)
    yield from find_kept(scope.node, classes)
    loops = [each for each in scope.nodes() if isinstance(each, ast.For | ast.While)]
    for node in scope.nodes():
        if isinstance(node, ast.Call) and (function := called_function(scope, node)):
            for kept in find_kept(function, classes):
                models = _models_of(scope, node, function, kept.models)
                place = outermost(loops, node, models) or _statement_of(scope.tree, node)
                yield KeptAtBest(models, kept.line, kept.into, place)


@lru_cache(maxsize=2)
def _classes_in(tree: ast.Module) -> dict[str, ast.ClassDef]:
    return {each.name: each for each in walk(tree) if isinstance(each, ast.ClassDef)}


def _models_of(
    scope: Scope, call: ast.Call, function: Function, models: frozenset[str]
) -> frozenset[str]:
    """Return what the models of a function are called where it is called."""
    names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    given = {each.arg: ast.unparse(each.value) for each in call.keywords if each.arg}
    if isinstance(call.func, ast.Attribute) and names[:1] == ["self"]:
        given["self"] = ast.unparse(call.func.value)
        names = names[1:]
    given |= dict(zip(names, map(ast.unparse, call.args), strict=False))
    made = {
        each.id
        for each in own_nodes(function)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }
    found: set[str] = set()
    for model in models:
        root, dot, rest = model.partition(".")
        if root in given:
            found.add(given[root] + dot + rest)
        elif root not in made and root not in names:
            found.add(model)
    return frozenset(found | _returned(scope, call, function, models))


def _returned(scope: Scope, call: ast.Call, function: Function, models: frozenset[str]) -> set[str]:
    """Return the names that a call's statement gives to the models that the function returns."""
    statement = _statement_of(scope.tree, call)
    if not isinstance(statement, ast.Assign) or statement.value is not call:
        return set()
    found: set[str] = set()
    for node in own_nodes(function):
        if isinstance(node, ast.Return) and node.value is not None:
            values = _parts(node.value)
            targets = _parts(statement.targets[0])
            if len(values) == len(targets):
                pairs = zip(targets, values, strict=True)
                found |= {ast.unparse(t) for t, v in pairs if ast.unparse(v) in models}
    return found


def _parts(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _statement_of(tree: ast.Module, node: ast.AST) -> ast.AST:
    parents = parents_in(tree)
    while not isinstance(node, ast.stmt):
        node = parents[id(node)]
    return node


def _behind(scope: Scope, place: ast.AST) -> Iterator[ast.stmt]:
    """Give the statements that run after a loop or a call, in their order."""
    parents = parents_in(scope.tree)
    while place is not scope.node:
        above = parents[id(place)]
        for part in ("body", "orelse", "finalbody"):
            block = getattr(above, part, None)
            if isinstance(block, list) and any(each is place for each in block):
                at = next(i for i, each in enumerate(block) if each is place)
                yield from block[at + 1 :]
        place = above


def _may_load(scope: Scope, kept: KeptAtBest) -> bool:
    """Whether some call of the file may load weights, but in the lines before the loop."""
    before = {
        id(each)
        for each in scope.nodes()
        if isinstance(each, ast.Call) and each.lineno < getattr(kept.loop, "lineno", 0)
    }
    return any(
        id(each) not in before and _loads_weights(each)
        for each in walk(scope.tree)
        if isinstance(each, ast.Call | ast.Attribute)
    )


def _loads_weights(node: ast.Call | ast.Attribute) -> bool:
    func = node.func if isinstance(node, ast.Call) else node
    words = words_of(called_name(func).replace("from_pretrained", "pretrained"))
    if not words & _LOADS or words & _OF_DATA:
        return False
    return not (
        isinstance(func, ast.Attribute)
        and isinstance(func.value, ast.Name)
        and func.value.id in _NO_MODELS
    )


def _is_read(tree: ast.Module, into: ast.expr | None) -> bool:
    """Whether the file's name or the copy is read again, but to write, to tell or to test it."""
    if into is None:
        return False
    names = {ast.unparse(into)} if isinstance(into, ast.Name | ast.Attribute) else set()
    texts = {
        each.value
        for each in walk(into)
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and "." in each.value
    }
    parents = parents_in(tree)
    for node in walk(tree):
        match node:
            case ast.Constant(value=str(text)) if text in texts:
                pass
            case ast.Name(ctx=ast.Load()) | ast.Attribute(ctx=ast.Load()) if called_name(node) in {
                each.rpartition(".")[2] for each in names
            }:
                pass
            case _:
                continue
        if not _is_only_told(parents, node) and not _stands_in(into, node):
            return True
    return False


def _stands_in(into: ast.expr, node: ast.AST) -> bool:
    return any(each is node for each in walk(into))


def _is_only_told(parents: dict[int, ast.AST], node: ast.AST) -> bool:
    """Whether what is read goes into a call that saves or prints, or is compared with None."""
    above = parents.get(id(node))
    while above is not None and not isinstance(above, ast.stmt):
        match above:
            case ast.Call(func=func) if words_of(called_name(func)) & _UNREAD:
                return True
            case ast.Compare(comparators=[ast.Constant(value=None)]):
                return True
        above = parents.get(id(above))
    return False


def _wants_the_last(behind: list[ast.stmt]) -> bool:
    """Whether the lines behind the loop say that they mean the last weights, or average some."""
    text = "\n".join(map(ast.unparse, behind)).lower()
    words = set(re.findall("[a-z]+", text))
    return bool(words & _OF_LAST) or "update_bn" in text or "final_model" in text


def _is_tested_at_best(scope: Scope, kept: KeptAtBest) -> bool:
    """Whether the test is taken inside of the loop, too, where the weights are the best."""
    for node in walk(scope.tree):
        if isinstance(node, ast.If) and any(
            getattr(each, "lineno", 0) == kept.line for each in own_nodes(node)
        ):
            names = {
                called_name(each)
                for part in node.body
                for each in walk(part)
                if isinstance(each, ast.Name | ast.Attribute)
            }
            if any("test" in name.lower() for name in names):
                return True
    return False
