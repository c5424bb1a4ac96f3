"""Best epochs that are chosen on test data, while validation data are made and never read."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from backtrace.recording.source.data.unread_loaders import is_used
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name, names_in, word_set, words_of
from backtrace.recording.source.walks import Function, own_nodes, walk

_VALIDATION = word_set("val valid validation dev valset valloader validloader")
_TEST = word_set("test tst testloader testset")
_LOADS = word_set("loader dataloader dl dataset set data ds batches valset valloader validloader")
_LOADS_OF_TEST = _LOADS | word_set("testloader testset")
_MAKES = word_set("dataloader split loader loaders dataloaders load subset")
_KEEPS = word_set("save state_dict deepcopy save_pretrained save_model save_checkpoint")


def find_chosen_on_test(scope: Scope) -> Iterator[Slip]:
    """Give the line that chooses the best epoch by what was found on test data.

    In the same scope validation data are made, which nothing reads but to ask for their length.
    """
    if scope.reads_all:
        return
    unread = _unread_in(scope)
    if not unread:
        return
    tests = {
        node.id
        for node in scope.nodes()
        if isinstance(node, ast.Name) and _is_called(node.id, _TEST, _LOADS_OF_TEST)
    }
    for test in sorted(tests):
        if found := _find_choice(scope, list(scope.nodes()), test):
            yield Slip(found.lineno, "chosen-on-test", test, unread)
            return


def _is_called(name: str, held: frozenset[str], loads: frozenset[str]) -> bool:
    words = words_of(name)
    return bool(words & held and words & loads)


def _unread_in(scope: Scope) -> str:
    """Return the validation data that a scope makes; '' where any of them is read."""
    made: dict[str, set[str]] = {}
    for node in scope.nodes():
        match node:
            case ast.Assign(targets=targets, value=ast.Call(func=func)):
                words = {word for word in words_of(called_name(func)) if word in _MAKES}
                if words or called_name(func) in ("DataLoader", "random_split", "Subset"):
                    for name in {n for each in targets for n in names_in(each)}:
                        if _is_called(name, _VALIDATION, _LOADS):
                            made.setdefault(name, set())
    unread = [name for name in made if not is_used(scope, name)]
    others = set(made) - set(unread)
    if not unread or not all(_only_makes(scope, name, set(unread)) for name in others):
        return ""
    return unread[-1]


def _only_makes(scope: Scope, name: str, unread: set[str]) -> bool:
    """Whether what has a name is read where something unread is made of it, and nowhere else."""
    if scope.is_read_inside(name):
        return False
    uses = [n for n in scope.nodes() if isinstance(n, ast.Name) and n.id == name]
    within = {
        id(each)
        for node in scope.nodes()
        if isinstance(node, ast.Assign) and {n for t in node.targets for n in names_in(t)} <= unread
        for each in walk(node.value)
    }
    asked = {
        id(each)
        for node in scope.nodes()
        if isinstance(node, ast.Call) and called_name(node.func) in ("len", "print")
        for each in walk(node)
    }
    return all(
        isinstance(each.ctx, ast.Store) or id(each) in within or id(each) in asked for each in uses
    )


def _find_choice(
    scope: Scope, nodes: Sequence[ast.AST], name: str, depth: int = 1
) -> ast.If | None:
    """Return what chooses the best by what was found on the data of a name, in a loop.

    The data may be handed to a function of the file's own, which has the loop.
    """
    for node in nodes:
        if isinstance(node, ast.For | ast.While):
            found = _found_on(node, name)
            for branch in own_nodes(node):
                if isinstance(branch, ast.If) and found and _chooses(branch, found):
                    return branch
        elif isinstance(node, ast.Call) and depth:
            function = scope.find_function(called_name(node.func))
            given = function and _argument_of(function, node, name)
            if function is not None and given:
                choice = _find_choice(scope, list(own_nodes(function)), given, depth - 1)
                if choice is not None:
                    return choice
    return None


def _argument_of(function: Function, call: ast.Call, name: str) -> str:
    """Return by which argument a function of the file's own is given what has a name."""
    for keyword in call.keywords:
        if keyword.arg and isinstance(keyword.value, ast.Name) and keyword.value.id == name:
            return keyword.arg
    for given, argument in zip(call.args, function.args.args, strict=False):
        if isinstance(given, ast.Name) and given.id == name:
            return argument.arg
    return ""


def _found_on(loop: ast.For | ast.While, name: str) -> frozenset[str]:
    """Return what each turn of a loop finds out on the data of a name, by name."""
    found: set[str] = set()
    for node in sorted(
        (each for each in own_nodes(loop) if isinstance(each, ast.stmt)), key=lambda x: x.lineno
    ):
        match node:
            case ast.For(iter=through) if name in names_in(through):
                found |= {
                    each.id
                    for part in node.body
                    for each in (part, *own_nodes(part))
                    if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
                }
            case ast.Assign(targets=targets, value=value):
                stored = {n for each in targets for n in names_in(each)}
                if names_in(value) & ({name} | found) and not _is_best(stored):
                    found |= stored
    return frozenset(found)


def _is_best(names: set[str]) -> bool:
    return any(words_of(name) & {"best", "max", "min", "lowest", "highest"} for name in names)


def _chooses(branch: ast.If, found: frozenset[str]) -> bool:
    """Whether a branch is taken where what was found is the best so far, and keeps the model."""
    match branch.test:
        case ast.Compare(
            left=left, ops=[ast.Gt() | ast.Lt() | ast.GtE() | ast.LtE()], comparators=[right]
        ):
            new, best = (left, right) if _is_best(_all_names(right)) else (right, left)
            is_better = bool(names_in(new) & found) and _is_best(_all_names(best))
        case _:
            return False
    kept = {
        called_name(each.func)
        for part in branch.body
        for each in (part, *own_nodes(part))
        if isinstance(each, ast.Call)
    }
    return is_better and bool(kept & _KEEPS)


def _all_names(node: ast.expr) -> set[str]:
    attributes = {each.attr for each in walk(node) if isinstance(each, ast.Attribute)}
    return names_in(node) | attributes
