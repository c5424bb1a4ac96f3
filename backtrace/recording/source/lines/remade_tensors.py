"""Tensors that are made anew of a list of others, by which these lose their graph."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.lines.lone_lines import LoneLine
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import own_nodes, walk

_MAKERS = word_set("tensor as_tensor Tensor FloatTensor array asarray")
_TRAINED = word_set("log_prob entropy cross_entropy mse_loss nll_loss l1_loss smooth_l1_loss")
_LOSSES = ("criterion", "loss_fn", "loss_func", "loss_function")
_NAMED = word_set("loss losses")
_CUTS = word_set("item detach float tolist numpy data")


def find_remade_tensors(scope: Scope) -> Iterator[LoneLine]:
    """Give the first line that does so in the one function of a file that does."""
    if not scope.name:
        for place, line in remade_in(scope.tree):
            begins, ends = getattr(place, "lineno", 1), getattr(place, "end_lineno", 0)
            yield LoneLine(line, "remade", begins, ends)


def remade_in(tree: ast.Module) -> list[tuple[ast.AST, int]]:
    """Return the one function of a file, or the file, that does so, and the line; [] of several."""
    held = _held_in_lists(tree)
    functions = [node for node in walk(tree) if isinstance(node, ast.FunctionDef)]
    found: list[tuple[ast.AST, int]] = []
    for place in (tree, *functions):
        lines = [
            node.lineno
            for node in own_nodes(place)
            if isinstance(node, ast.Assign | ast.Return | ast.AugAssign) and _remakes(node, held)
        ]
        if lines:
            found.append((place, min(lines)))
    return found if len(found) == 1 else []


def _remakes(node: ast.Assign | ast.Return | ast.AugAssign, held: set[str]) -> bool:
    """Whether a statement makes a tensor of such a list; an old one is kept so on purpose."""
    targets = node.targets if isinstance(node, ast.Assign) else ()
    if any("old" in ast.unparse(each).lower() for each in targets):
        return False
    for each in walk(node):
        match each:
            case ast.Call(func=func, args=[given, *_]) if called_name(func) in _MAKERS:
                if called_name(given) in held or (
                    isinstance(given, ast.List | ast.ListComp) and _is_trained(given, set())
                ):
                    return True
    return False


def _held_in_lists(tree: ast.Module) -> set[str]:
    """Return the lists to which what has a graph is appended, each by its last name."""
    trained = {
        target.id
        for node in walk(tree)
        if isinstance(node, ast.Assign) and _is_trained(node.value, set())
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    plain = {
        target.id
        for node in walk(tree)
        if isinstance(node, ast.Assign) and not _is_trained(node.value, trained)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return {
        called_name(owner)
        for node in walk(tree)
        if isinstance(node, ast.Call)
        for owner, given in _appended(node)
        if _is_trained(given, trained - plain)
    } | _lists_of_losses(tree) - {""}


def _lists_of_losses(tree: ast.Module) -> set[str]:
    """Return what is called a loss and is a list of what calls return, such as one of each task."""
    return {
        target.id
        for node in walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.ListComp)
        for target in node.targets
        if isinstance(target, ast.Name) and words_of(target.id) & _NAMED
        if _calls_without_cut(node.value)
    }


def _calls_without_cut(made: ast.List | ast.ListComp) -> bool:
    items = made.elts if isinstance(made, ast.List) else [made.elt]
    within = [node for item in items for node in walk(item)]
    used = {called_name(each) for each in within if isinstance(each, ast.Name | ast.Attribute)}
    return any(isinstance(each, ast.Call) for each in within) and not used & _CUTS


def _appended(call: ast.Call) -> Iterator[tuple[ast.expr, ast.expr]]:
    match call:
        case ast.Call(func=ast.Attribute(value=owner, attr="append"), args=[given]):
            yield owner, given


def _is_trained(given: ast.AST, names: set[str]) -> bool:
    """Whether something is a log-probability or a loss as it was computed, with its graph."""
    within = list(walk(given))
    used = {called_name(each) for each in within if isinstance(each, ast.Name | ast.Attribute)}
    if used & _CUTS:
        return False
    made = {called_name(each.func) for each in within if isinstance(each, ast.Call)}
    is_made = bool(made & _TRAINED) or any(name.startswith(_LOSSES) for name in made)
    return is_made or bool(used & names)
