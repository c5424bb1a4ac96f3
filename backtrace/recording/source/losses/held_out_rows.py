"""Losses over all rows of what is split by masks: those that are held out are trained on."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import lru_cache

from backtrace.recording.source.bound_calls import (
    Named,
    arguments_of,
    bound_calls,
    handed_in,
    place_of,
    root_of,
)
from backtrace.recording.source.losses.held_out_uses import (
    TRAINED,
    HeldOutUse,
    find_held_out_uses,
    is_of,
)
from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    given_once,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_LOSSES = word_set("cross_entropy nll_loss binary_cross_entropy binary_cross_entropy_with_logits "
                   "mse_loss l1_loss smooth_l1_loss huber_loss")  # fmt: skip
# What is no answer: rows that are held out may be read, and a teacher be followed on all of them.
_NO_ANSWERS = word_set(
    "teacher soft pseudo out outs output outputs logits pred preds prediction predictions probs "
    "x xs feat feats feature features h z emb embs embedding embeddings"
)


def find_held_out_rows(scope: Scope) -> Iterator[Slip]:
    """Give each loss that goes backward, of targets whole, of which a mask holds some rows out.

    Where both belong to one function or the file, the same targets are taken by a mask for the
    test or the validation.
    """
    roots = [each for each in scope.nodes() if _is_backward(each)]
    losses = [each for each in scope.nodes() if isinstance(each, ast.Call) and _is_loss(each)]
    if not losses or not roots:
        return
    uses = find_held_out_uses(scope.tree)
    narrowed = {name for call in losses for name in _trained_in(call)}
    for call in losses:
        target = _target_of(scope, call) if uses else None
        if target is None or words_of(called_name(target)) & _NO_ANSWERS:
            continue
        if ast.unparse(target) in narrowed:  # and then all of it, as of a model that is handed on
            continue
        mask = _mask_of(scope, target, uses)
        if mask and not any(_leaves_out(scope, call, root) for root in roots):
            yield Slip(call.lineno, "held-out", ast.unparse(target), mask)


def _is_loss(call: ast.Call) -> bool:
    name = called_name(call.func)
    return name in _LOSSES or (bool(words_of(name) & {"criterion", "loss"}) and len(call.args) == 2)


def _target_of(scope: Scope, call: ast.Call) -> Named | None:
    named = next((each.value for each in call.keywords if each.arg == "target"), None)
    found = named or (call.args[1] if len(call.args) > 1 else None)
    if isinstance(found, ast.Name):
        given = given_once(scope).get(found.id)
        found = given if isinstance(given, Named) else found
    return found if isinstance(found, Named) and root_of(found) else None


def _trained_in(call: ast.Call) -> Iterator[str]:
    """Give what a loss takes the rows of the training of."""
    for each in call.args:
        match each:
            case ast.Subscript(value=inner, slice=index) if is_of(TRAINED, called_name(index)):
                yield ast.unparse(inner)


def _is_backward(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and called_name(node.func) == "backward"


def _mask_of(scope: Scope, target: Named, uses: tuple[HeldOutUse, ...]) -> str:
    """Return the mask that takes rows of these targets; '' where another scope's are like named.

    Targets that a function is given are followed to each call of it.
    """
    tree, node = scope.tree, scope.node
    found = _taken_by(tree, node, target, uses)
    is_given = isinstance(node, Function) and root_of(target) in arguments_of(node)
    if found or not is_given or _is_narrowed(node, target):
        return found
    masks = set()
    for outer in (tree, *(each for each in walk(tree) if isinstance(each, Function))):
        for given, function in bound_calls(tree, outer, node):  # type: ignore[arg-type]
            named = handed_in(target, function, given)
            masks.add(_taken_by(tree, outer, named, uses) if named is not None else "")
    return min(masks, default="")  # '' where one of the calls hands in something else


def _taken_by(tree: ast.Module, scope: ast.AST, target: Named, uses: tuple[HeldOutUse, ...]) -> str:
    text, place = ast.unparse(target), place_of(tree, scope, root_of(target))
    if _is_narrowed(scope, target) or _is_written_by_rows(tree, text):
        return ""
    found = (each.mask for each in uses if each.place is place and each.text == text)
    return next(found, "")


def _is_narrowed(scope: ast.AST, target: Named) -> bool:
    """Whether a scope takes some rows of the targets first, under the same name."""
    text, root = ast.unparse(target), root_of(target)
    for node in own_nodes(scope):
        match node:
            case ast.For(target=made) | ast.comprehension(target=made):
                pass
            case ast.Assign(targets=[made], value=value) if _takes_rows(value):
                pass
            case _:
                continue
        names = {ast.unparse(each) for each in walk(made) if isinstance(each, Named)}
        if text in names or root in names:
            return True
    return False


def _takes_rows(node: ast.expr) -> bool:
    """Whether rows are taken by an index that has a name."""
    return any(
        isinstance(each, ast.Subscript) and bool(called_name(each.slice)) for each in walk(node)
    )


def _is_written_by_rows(tree: ast.Module, text: str) -> bool:
    """Whether some rows of the targets are marked as none: `y[test_mask] = -100`."""
    return text in _written_by_rows(tree)


@lru_cache(maxsize=2)
def _written_by_rows(tree: ast.Module) -> frozenset[str]:
    return frozenset(
        ast.unparse(node.value)
        for node in walk(tree)
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
    )


def _leaves_out(scope: Scope, call: ast.Call, root: ast.AST) -> bool:
    """Whether rows are left out between a loss and what goes backward, or by how it is taken."""
    if any(each.arg in ("reduction", "weight", "ignore_index") for each in call.keywords):
        return True
    parts = _reached_from(scope, root)
    names = [called_name(each) for each in parts if isinstance(each, Named)]
    return call not in parts or any(is_of(TRAINED, name) or _is_mask(name) for name in names)


def _is_mask(name: str) -> bool:
    return bool(words_of(name) & {"mask", "masks"})


def _reached_from(scope: Scope, root: ast.AST) -> list[ast.AST]:
    """Return what goes into an expression, names followed to what they were given last."""
    waiting, known = [root], set()
    found: list[ast.AST] = []
    line = getattr(root, "lineno", 0)
    for node in waiting:  # it grows
        found += walk(node)
        for each in walk(node):
            if isinstance(each, ast.Name) and each.id not in known:
                known.add(each.id)
                waiting += _given_before(scope, each.id, line)
    return found


def _given_before(scope: Scope, name: str, line: int) -> list[ast.expr]:
    """Return what a name was given last up to a line, and may have been, or had added, since."""
    found: list[ast.expr] = []
    for node in scope.statements():
        if node.lineno > line:
            break
        match node:
            case ast.Assign(targets=targets, value=value):
                is_it = any(map(_has_name(name), targets))
                is_anew = not _has_name(name)(value) and not _is_conditional(scope, node)
                found = [*found[: 0 if is_anew else None], value] if is_it else found
            case ast.AugAssign(target=ast.Name(id=made), value=value) if made == name:
                found.append(value)
    return found


def _has_name(name: str) -> Callable[[ast.AST], bool]:
    def has(node: ast.AST) -> bool:
        return any(isinstance(each, ast.Name) and each.id == name for each in walk(node))

    return has


def _is_conditional(scope: Scope, node: ast.AST) -> bool:
    """Whether a statement stands within an `if` of its scope."""
    above = parents_in(scope.tree).get(id(node))
    while above is not None and above is not scope.node:
        if isinstance(above, ast.If | ast.Try):
            return True
        above = parents_in(scope.tree).get(id(above))
    return False
