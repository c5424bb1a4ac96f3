"""Images that are moved by chance where their masks or boxes stay as they are."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.data.augmented_apart import IMAGES, AugmentedApart
from backtrace.recording.source.data.moving_draws import CHANCES
from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    called_name,
    names_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import own_nodes, walk

# What says for each place of an image what stands there; a class is the same wherever it stands.
_PLACED = word_set(
    "mask masks seg segs segmentation box boxes bbox bboxes keypoint keypoints landmark landmarks"
)
# In the name of what makes a mask by itself, as for inpainting.
_MADE = word_set("random rand generate generator sample draw irregular")
_MOVES = word_set(
    "flip fliplr flipud hflip vflip horizontal_flip vertical_flip rot90 rotate roll crop affine "
    "warp"
)


def find_moved_alone(scope: Scope) -> Iterator[AugmentedApart]:
    """Give each move of an image, made by chance, that the mask beside it does not go along with.

    The two are a pair where the scope returns, yields or stores them side by side. A mask that is
    named anywhere under the same condition goes along.
    """
    pairs = dict(_pairs(scope))
    if not pairs:
        return
    branches = [node for node in scope.nodes() if isinstance(node, ast.If)]
    for branch in sorted(branches, key=lambda each: each.lineno):
        drawn = _draw_in(branch.test, scope)
        if drawn is None:
            continue
        under = _under(branch, branches, drawn)
        for node in branch.body:
            for image, move in _moves(node):
                mask = pairs.get(image, "")
                if mask and mask not in under and _is_there_before(mask, branch, scope):
                    yield AugmentedApart(node.lineno, mask, image, move, True)


def _pairs(scope: Scope) -> Iterator[tuple[str, str]]:
    """Give each image and what stands beside it where the scope hands both on."""
    for node in scope.nodes():
        match node:
            case ast.Return(value=ast.AST() as value) | ast.Expr(value=ast.Yield(value=value)):
                yield from _beside(_names_in(value))
            case ast.Call(func=ast.Attribute(attr="append"), args=[ast.Tuple() as value]):
                yield from _beside(_names_in(value))


def _names_in(value: ast.AST | None) -> list[str]:
    """Return the variables that a value is made of, without those that are called."""
    if value is None:
        return []
    called = {id(each.func) for each in walk(value) if isinstance(each, ast.Call)}
    return [
        each.id for each in walk(value) if isinstance(each, ast.Name) and id(each) not in called
    ]


def _beside(names: list[str]) -> Iterator[tuple[str, str]]:
    images = [each for each in names if words_of(each) & IMAGES and not words_of(each) & _PLACED]
    placed = [each for each in names if words_of(each) & _PLACED]
    if len(set(images)) == 1 and placed:
        yield images[0], placed[0]


def _draw_in(test: ast.expr, scope: Scope) -> str | None:
    """Return the variable that a condition drew before, '' where it draws itself, or None."""
    if _has_chance(test):
        return ""
    names = names_in(test)
    for node in scope.nodes():
        if isinstance(node, ast.Assign):
            for target, value in assigned_pairs(node):
                if isinstance(target, ast.Name) and target.id in names and _has_chance(value):
                    return target.id
    return None


def _has_chance(value: ast.AST) -> bool:
    return any(
        isinstance(each, ast.Call) and called_name(each.func) in CHANCES for each in walk(value)
    )


def _is_drawn(value: ast.AST) -> bool:
    """Whether a mask is drawn, and is not the one that belongs to its image."""
    calls = (called_name(each.func) for each in walk(value) if isinstance(each, ast.Call))
    return _has_chance(value) or any(words_of(name) & _MADE for name in calls)


def _under(branch: ast.If, branches: list[ast.If], drawn: str) -> set[str]:
    """Return what is named in a branch, and in others that the same draw decides on."""
    alike = [each for each in branches if drawn and drawn in _names_in(each.test)]
    found: set[str] = set()
    for each in (branch, *alike):
        for node in (*each.body, *each.orelse):
            found |= names_in(node)
    return found


def _moves(node: ast.stmt) -> Iterator[tuple[str, str]]:
    """Give the image that a statement puts elsewhere, and what does it: `flip`."""
    for target, value in assigned_pairs(node):
        if not isinstance(target, ast.Name):
            continue
        for each in walk(value):
            move = _move_in(each)
            if move and target.id in _names_in(each):
                yield target.id, move
                break


def _move_in(node: ast.AST) -> str:
    """Return what moves an image in an expression: a call, or `[:, ::-1]`; '' where nothing does.

    Backwards along another axis than the second may be the channels.
    """
    match node:
        case ast.Call(func=func) if called_name(func) in _MOVES:
            return called_name(func)
        case ast.Subscript(value=ast.Name(), slice=ast.Tuple(elts=[ast.Slice(), second, *_])):
            is_back = isinstance(second, ast.Slice) and second.step is not None
            return "[:, ::-1]" if is_back and ast.unparse(second).endswith("::-1") else ""
    return ""


def _is_there_before(mask: str, branch: ast.If, scope: Scope) -> bool:
    """Whether a mask is there when its image is moved, and is only made ready afterwards.

    What is drawn, or made of the image that was moved, belongs to it as it is.
    """
    is_there = any(isinstance(each, ast.arg) and each.arg == mask for each in walk(scope.node))
    for node in own_nodes(scope.node):
        if not isinstance(node, ast.Assign | ast.AugAssign | ast.For):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if mask not in {name for each in targets for name in _names_in(each)}:
            continue
        if isinstance(node, ast.For):
            is_there = True
        elif node.lineno < branch.lineno:
            is_there = not _is_drawn(node.value)
        elif not _only_readies(node.value, mask):
            return False
    return is_there


def _only_readies(value: ast.expr, mask: str) -> bool:
    """Whether a value is the mask itself in another form, such as a tensor of it."""
    calls = {called_name(each.func) for each in walk(value) if isinstance(each, ast.Call)}
    return mask in _names_in(value) and not calls & _MOVES and "[" not in ast.unparse(value)
