"""Sums of data and noise whose two weights do not belong together: one lacks its square root."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.generators.schedule_weights import Weight, WeightReader
from backtrace.recording.source.signed_uses import names_in
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of
from backtrace.recording.source.walks import walk

_NOISE = word_set("noise noises eps epsilon epsilons")
_NORMAL = word_set("randn randn_like")
_SCHEDULE = ("alpha", "beta")
_TIMES = word_set("t s u r tau time times")  # between data and noise, any curve may be chosen


def find_noising_weights(scope: Scope) -> Iterator[Slip]:
    """Give each sum of data and normal noise of whose weights just one lacks its square root.

    One weight is a power of a number, the other that of what is left of 1. Where the roots are
    right, the squares of both add up to 1.
    """
    sums = [
        node
        for node in scope.nodes()
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add)
    ]
    if not sums or any(getattr(node, "attr", "") == "sqrt_" for node in scope.nodes()):
        return
    noised = _NoisedSums(scope)
    for node in sums:
        for data, noise in ((node.left, node.right), (node.right, node.left)):
            found = noised.find_wrong(data, noise)
            if found is not None:
                wrong, beside = (ast.unparse(each)[:LONGEST] for each in found)
                yield Slip(node.lineno, "noising-weight", wrong, beside)


class _NoisedSums:
    """The sums of a scope, and whose weight is wrong in them."""

    def __init__(self, scope: Scope) -> None:
        self._tree = scope.tree
        self._reader = WeightReader(scope)

    def find_wrong(self, data: ast.expr, noise: ast.expr) -> tuple[ast.expr, ast.expr] | None:
        """Return the weight that lacks a root, and the other; None where all may be well."""
        weights = self._split(noise, is_noise=True)
        if not weights:
            return None
        weight, of_noise = weights[0], self._reader.read(weights[0])
        for each in self._split(data, is_noise=False):
            of_data = self._reader.read(each)
            if of_noise is None or of_data is None or of_noise.of != of_data.of:
                continue
            wrong = _find_unrooted(of_data, of_noise)
            if wrong == "data":
                return each, weight
            if wrong == "noise" and not (of_noise.is_rest and self._is_own_schedule(of_noise)):
                return weight, each
        return None

    def _split(self, node: ast.expr, *, is_noise: bool) -> list[ast.expr]:
        """Return what may be the weight in a product, of noise or of something else."""
        if isinstance(node, ast.Name):
            node = self._reader.own.get(node.id, node)
        match node:
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                of_left, of_right = self._is_noise(left), self._is_noise(right)
                if is_noise:
                    return [right if of_left else left] if of_left != of_right else []
                return [] if of_left or of_right else [left, right]
        return []

    def _is_noise(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Name) and words_of(node.id) & _NOISE:
            return True
        drawn = self._reader.own.get(node.id) if isinstance(node, ast.Name) else node
        return isinstance(drawn, ast.Call) and called_name(drawn.func) in _NORMAL

    def _is_own_schedule(self, weight: Weight) -> bool:
        """Whether a file takes the rest of 1 for a deviation elsewhere, as the sub-VP SDE does."""
        for node in walk(self._tree):
            match node:
                case ast.Name(id=text) | ast.ClassDef(name=text) | ast.FunctionDef(name=text):
                    if "subvp" in text.lower().replace("_", ""):
                        return True
                case ast.BinOp(left=left, op=ast.Div(), right=by):
                    if self._is_scaled(left) and self._is_like(by, weight):
                        return True
                case ast.BinOp(left=left, op=ast.Sub(), right=ast.BinOp(op=ast.Mult()) as taken):
                    pair = ((taken.left, taken.right), (taken.right, taken.left))
                    if any(self._is_scaled(a) and self._is_like(b, weight) for a, b in pair):
                        return True
        return False

    def _is_scaled(self, node: ast.expr) -> bool:
        """Whether it is noise or what is predicted of it, and not a number of a schedule."""
        words = {word for name in names_in(node) for word in words_of(name)}
        return bool(words & (_NOISE | {"score", "pred", "predicted", "model", "net", "out"}))

    def _is_like(self, node: ast.expr, weight: Weight) -> bool:
        found = self._reader.read(node)
        return found is not None and found.is_rest and found.outer == weight.outer


def _find_unrooted(data: Weight, noise: Weight) -> str | None:
    """Return whose weight lacks a root, of data or noise; None where none does, or both do."""
    if data.is_rest == noise.is_rest or data.of.partition("[")[0] in _TIMES:
        return None
    power, rest = (noise, data) if data.is_rest else (data, noise)
    of_power, of_rest = ("noise", "data") if data.is_rest else ("data", "noise")
    if power.inner * 2 == rest.inner and rest.outer == 1:
        # x - b * x + sqrt(b) * noise is a step of Langevin's, unless b is of a schedule.
        is_told = of_rest == "noise" or any(each in rest.of.lower() for each in _SCHEDULE)
        return of_rest if is_told else None
    if power.inner == rest.inner and rest.outer == 1 / 2:
        return of_power
    return None
