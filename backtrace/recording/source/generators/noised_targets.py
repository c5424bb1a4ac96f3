"""Denoising models whose clean target is written over by the noised input of the same name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from backtrace.recording.source.generators.divergences import squared_in
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Given,
    Scope,
    called_name,
    given_once,
    opened,
    word_set,
)
from backtrace.recording.source.walks import walk

DRAWS = word_set("randn randn_like rand rand_like normal normal_ bernoulli poisson")
_NOISE = word_set("noise noises noisy noised noising corrupt corrupted corruption dropout salt")
_DENOISED = word_set("denoise denoised remove reduce subtract estimate predict clean level std")
_TOLD = word_set("dae noisy corrupted")  # of what a file is about, beside what begins with denois
_OWN_WAYS = ("noise2", "blind", "n2n", "n2v", "sure", "self2self")
_SHAPING = word_set(
    "view reshape flatten unsqueeze squeeze to cuda cpu float double type clone detach contiguous "
    "clamp clip clamp_ permute transpose half numpy"
)
_LOSSES = (
    "loss", "criterion", "crit", "mse", "l1", "bce", "cost", "distance", "cross_entropy",
    "loss_fn", "loss_func", "loss_function",
)  # fmt: skip
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


def find_noised_targets(scope: Scope) -> Iterator[Slip]:
    """Give each `x = x + noise` after which a model is given `x`, and its output compared with `x`.

    Only where the names of a file tell of denoising: an autoencoder may as well be trained on
    what is jittered, and a network with blind spots on noise alone.
    """
    if not is_of_denoising(scope.tree):
        return
    given = given_once(scope)
    for block in scope.blocks:
        for at, node in enumerate(block):
            name = _noised(node, given)
            if (
                not name
                or words_in(name) & _NOISE
                or any(_keeps(each, name) for each in block[:at])
            ):
                continue
            compared = _Follower(name).follow(block[at + 1 :])
            if compared is not None:
                yield Slip(node.lineno, "noised-target", name, ast.unparse(compared)[:LONGEST])


class _Follower:
    """Follows what is the noised input, and what a model makes of it, through statements."""

    def __init__(self, name: str) -> None:
        self._same = {name}
        self._made: set[str] = set()

    def follow(self, block: list[ast.stmt]) -> ast.expr | None:
        """Return what compares both in a block that trains, or returns it; None where none does.

        Nor where something else is a target as well: the noised input may hold it near.
        """
        first: ast.expr | None = None
        is_used = any(
            isinstance(node, ast.Call) and called_name(node.func) == "backward"
            for statement in block
            for node in walk(statement)
        )
        for node in opened(block):
            if isinstance(node, ast.For | ast.While | ast.If | ast.Try):
                if _stores(node) & self._same:
                    return None
                continue
            for one, other, whole in comparisons(node):
                if self._is_made(one) == self._is_made(other):
                    continue
                if not self._is_same(other if self._is_made(one) else one):
                    return None
                first = first or whole
                is_used = is_used or isinstance(node, ast.Return)
            self._take(node)
        return first if is_used else None

    def _take(self, node: ast.stmt) -> None:
        stored = _stores(node)
        value = getattr(node, "value", None)
        if not isinstance(node, ast.Assign) or not isinstance(value, ast.expr):
            self._same -= stored
            return
        is_same, is_made = self._is_same(value), self._is_made(value)
        self._same = self._same - stored | (stored if is_same else set())
        self._made = self._made - stored | (stored if is_made else set())

    def _is_same(self, node: ast.expr) -> bool:
        node = unshaped(node)
        return isinstance(node, ast.Name) and node.id in self._same

    def _is_made(self, node: ast.expr) -> bool:
        """Whether something is what a model makes of the noised input, or of what it made."""
        node = unshaped(node)
        match node:
            case ast.Name(id=name):
                return name in self._made
            case ast.Subscript(value=value):
                return self._is_made(value)
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
                return self._is_made(left) or self._is_made(right)
            case ast.Call(func=func, args=args) if not is_loss(func):
                return any(self._is_same(each) or self._is_made(each) for each in args)
        return False


def is_loss(func: ast.expr) -> bool:
    """Whether a function has the name of a loss."""
    return called_name(func).lower().endswith(_LOSSES)


def comparisons(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr, ast.expr]]:
    """Give what a statement compares: what a loss is given, and differences that are squared."""
    for each in walk(node):
        match each:
            case ast.Call(func=func, args=[one, other, *_]) if is_loss(func):
                yield one, other, each
            case ast.BinOp() | ast.Call():
                match squared_in(each):
                    case ast.BinOp(left=left, op=ast.Sub(), right=right):
                        yield left, right, each


def _noised(node: ast.stmt, given: Given) -> str:
    """Return the name that a statement gives to itself with noise; '' of others."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name if _adds_noise(unshaped(value), name, given) else ""
        case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value):
            return name if _is_noise(value, given) else ""
    return ""


def _adds_noise(node: ast.expr, name: str, given: Given) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch" | "np")), args=[inner, *_]) if (
            called_name(node.func) in _SHAPING
        ):
            return _adds_noise(inner, name, given)
        case ast.Call(func=func, args=[ast.Name(id=taken), *_]):
            words = words_in(called_name(func))
            return taken == name and bool(words & _NOISE) and not words & _DENOISED
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            sides = ((left, right), (right, left))
            return any(_is_name(a, name) and _is_noise(b, given) for a, b in sides)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            sides = ((left, right), (right, left))
            return any(_is_name(a, name) and is_mask(b, given) for a, b in sides)
    return False


def _is_noise(node: ast.expr, given: Given) -> bool:
    """Whether it is drawn, times something or not."""
    for each in walk(node):
        if isinstance(each, ast.Call) and called_name(each.func) in DRAWS:
            return True
        if isinstance(each, ast.Name):
            drawn = given.get(each.id)
            if isinstance(drawn, ast.Call | ast.BinOp) and is_drawn(drawn):
                return True
    return False


def is_drawn(node: ast.expr) -> bool:
    """Whether a draw is part of an expression."""
    return any(
        isinstance(each, ast.Call) and called_name(each.func) in DRAWS for each in walk(node)
    )


def is_mask(node: ast.expr, given: Given) -> bool:
    """Whether it is zeros and ones that are drawn."""
    node = unshaped(node)
    node = given.get(node.id, node) if isinstance(node, ast.Name) else node
    node = unshaped(node)
    is_chosen = isinstance(node, ast.Compare) or (
        isinstance(node, ast.Call) and called_name(node.func) == "bernoulli"
    )
    return is_chosen and is_drawn(node)


def _keeps(node: ast.stmt, name: str) -> bool:
    """Whether a statement gives what is clean another name."""
    match node:
        case ast.Assign(targets=[target], value=value) if not _is_name(target, name):
            return _is_name(unshaped(value), name)
    return False


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def unshaped(node: ast.expr) -> ast.expr:
    """Return what is brought to another shape, device or range."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr=attr), args=[inner, *_]):
            return unshaped(inner) if attr in _SHAPING else node
        case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in _SHAPING:
            return unshaped(value)
    return node


def _stores(node: ast.stmt) -> set[str]:
    return {
        each.id
        for each in walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }


@lru_cache(maxsize=2)
def is_of_denoising(tree: ast.Module, others: tuple[str, ...] = ()) -> bool:
    """Whether the names of a file tell of denoising, and of no way to learn it from noise alone.

    Words that begin as one of `others` does tell of it as well.
    """
    words = {word for name in _names(tree) for word in words_in(name)}
    is_told = bool(words & _TOLD) or any(word.startswith(("denois", *others)) for word in words)
    return is_told and not any(word.startswith(_OWN_WAYS) for word in words)


def _names(tree: ast.Module) -> Iterator[str]:
    for node in walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                yield name


def words_in(name: str) -> set[str]:
    """Return the words of a name, of `xNoisy` and of `x_noisy` the same."""
    return {word.lower() for word in _WORDS.findall(name)}
