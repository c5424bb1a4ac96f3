"""Masks of answers that are cut as the inputs are, beside labels that are the tokens one on."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    assigned_pairs,
    called_name,
    names_in,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import walk

_IDS = word_set("ids tokens token label labels target targets sequence sequences")
_LOSSES = word_set("loss losses nll ce logprob logprobs logp")
_MOVES = word_set("roll pop insert appendleft popleft")
_JOINS = word_set("cat concat concatenate hstack")
_LABELS = word_set("label labels target targets")


def find_unshifted_masks(scope: Scope) -> Iterator[Slip]:
    """Give each mask `m[:, :-1]` that a loss of the labels `ids[:, 1:]` is multiplied by.

    A file says of the mask that it goes by tokens: it is as many zeros as the prompt has, or begins
    at the prompt's length. A mask that is made one place earlier goes by what is predicted.
    """
    _, labels = next(_shifted_labels(scope), (0, ""))
    if not labels:
        return
    for node in scope.statements():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                for part in walk(value):
                    mask = _cut_mask(part)
                    if mask and _weighs_loss(scope, name) and _goes_by_tokens(scope.tree, mask):
                        yield Slip(node.lineno, "mask-unshifted", mask, labels[:LONGEST])
                        return


def find_shifted_labels(scope: Scope) -> Iterator[Slip]:
    """Give each line that takes labels one place on; its scope ends in the line `every`."""
    for line, text in _shifted_labels(scope):
        end = getattr(scope.node, "end_lineno", 0) or 0
        yield Slip(line, "labels-shifted", text[:LONGEST], scope.name, end)


def _shifted_labels(scope: Scope) -> Iterator[tuple[int, str]]:
    """Give the labels that a scope takes one place on, each with its line, as it is written."""
    for node in scope.statements():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if words_of(name) & _LABELS:
                for part in walk(value):
                    if _cut(part) == "1:" and words_of(_key_of(part) or _padded(part)) & _IDS:
                        yield node.lineno, ast.unparse(part)


def _cut_mask(node: ast.AST) -> str:
    """Return the name of a mask whose last place is left out here; '' of anything else."""
    key = _key_of(node) if _cut(node) == ":-1" else ""
    return key if "mask" in key.lower() else ""


def _cut(node: ast.AST) -> str:
    """Return how the last axis of `x[:, 1:]` or `x[..., 1:]` is cut; '' of anything else."""
    match node:
        case ast.Subscript(
            slice=ast.Tuple(elts=[ast.Slice(lower=None, upper=None) | ast.Constant(), last])
        ) if isinstance(last, ast.Slice):
            return ast.unparse(last)
    return ""


def _key_of(node: ast.AST) -> str:
    """Return what something that is cut is called: `m` of `m[:, 1:]`, of `batch["m"][:, 1:]`."""
    match node:
        case ast.Subscript(value=ast.Subscript(slice=ast.Constant(value=str(key)))):
            return key
        case ast.Subscript(value=ast.Name(id=key) | ast.Attribute(attr=key)):
            return key
        case ast.Subscript(
            value=ast.Call(func=ast.Attribute(), args=[ast.Constant(value=str(key))])
        ):
            return key
    return ""


def _padded(node: ast.AST) -> str:
    """Return what is padded before it is cut: `x` of `F.pad(x, (0, 1))[:, 1:]`; else ''."""
    match node:
        case ast.Subscript(
            value=ast.Call(func=ast.Attribute(attr="pad"), args=[ast.Name(id=x), *_])
        ):
            return x
    return ""


def _weighs_loss(scope: Scope, name: str) -> bool:
    """Whether a loss is multiplied by what has this name, which nothing else is given."""
    stores = [
        node
        for node in scope.nodes()
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)
    ]
    for node in scope.nodes() if len(stores) == 1 else ():
        match node:
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                for weight, weighed in ((left, right), (right, left)):
                    words = {word for each in names_in(weighed) for word in words_of(each)}
                    if names_in(weight) == {name} and words & _LOSSES:
                        return True
    return False


def _goes_by_tokens(tree: ast.Module, mask: str) -> bool:
    """Whether all that makes a mask of this name says so by the lengths of prompt and answer."""
    names = {mask}
    for node in walk(tree):
        match node:
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == mask:
                        names |= {each for each in names_in(value) if "mask" in each}
    if any(_moves(node, names) for node in walk(tree)):
        return False
    made = [prompt for node in walk(tree) for prompt in _ways(node, names)]
    return bool(made) and all(prompt and _comes_first(tree, prompt) for prompt in made)


def _moves(node: ast.AST, names: set[str]) -> bool:
    """Whether something takes a mask one place on, as `mask[1:]` or `mask.roll(-1)` do."""
    match node:
        case ast.Subscript(ctx=ast.Load()) if _key_of(node) in names:
            last = node.slice.elts[-1] if isinstance(node.slice, ast.Tuple) else node.slice
            return isinstance(last, ast.Slice) and last.lower is not None
        case ast.Call(func=func) if called_name(func) in _MOVES:
            return bool(names_in(node) & names)
    return False


def _comes_first(tree: ast.Module, prompt: str) -> bool:
    """Whether what has this name is all that stands before an answer in the tokens."""
    empty = {
        target.id
        for node in walk(tree)
        if isinstance(node, ast.stmt)
        for target, value in assigned_pairs(node)
        if isinstance(target, ast.Name) and ast.unparse(value) == "[]"
    }
    parents = parents_in(tree)
    for node in walk(tree):
        match node:
            case ast.BinOp(left=ast.Name(id=name), op=ast.Add()) if name == prompt:
                above = parents.get(id(node))
                if not isinstance(above, ast.AugAssign) or ast.unparse(above.target) in empty:
                    return True
            case ast.Call(args=[ast.List(elts=[ast.Name(id=name), _]), *_]) if name == prompt:
                return called_name(node.func) in _JOINS
    return False


def _ways(node: ast.AST, names: set[str]) -> Iterator[str]:
    """Give, for each way in which a mask begins, the prompt by whose length it does; or ''."""
    match node:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value)
        ) if name in names:
            match value:
                case ast.BinOp(left=zeros, op=ast.Add(), right=ones):
                    yield _repeated(zeros, 0) if _repeated(ones, 1) else ""
                case ast.Call(
                    args=[ast.BinOp(left=ast.BinOp() as zeros, op=ast.Add(), right=ones), *_]
                ):
                    yield _repeated(zeros, 0) if _repeated(ones, 1) else ""
        case ast.Assign(
            targets=[ast.Subscript(value=ast.Name(id=name), slice=at)],
            value=ast.Constant(value=value),
        ) if name in names:
            last = at.elts[-1] if isinstance(at, ast.Tuple) else at
            match last, value:
                case ast.Slice(lower=ast.expr() as length, upper=None), 1 | 1.0 | True:
                    yield _length_of(length)
                case ast.Slice(lower=None, upper=ast.expr() as length), 0 | 0.0 | False:
                    yield _length_of(length)
                case _:
                    yield ""


def _repeated(node: ast.expr, number: int) -> str:
    """Return `x` of `[number] * len(x)`; '' of anything else."""
    match node:
        case ast.BinOp(
            left=ast.List(elts=[ast.Constant(value=value)]),
            op=ast.Mult(),
            right=length,
        ) if value == number:
            return _length_of(length)
    return ""


def _length_of(node: ast.expr) -> str:
    """Return whose length it is, with nothing added to it or taken away; '' of anything else."""
    match node:
        case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)]):
            return name
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id=name), attr="shape")):
            return name
    return ""
