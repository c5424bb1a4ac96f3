"""Pairs of functions that normalise and undo that, of which one is not the other's inverse."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backtrace.recording.source.models.affine_paths import Way, ways_through
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, word_set, words_of
from backtrace.recording.source.walks import Function, walk

# What the name of an inverse has more than that of what it undoes.
_UNDOING = (
    ("denorm", "norm"), ("de_norm", "norm"), ("unnorm", "norm"), ("un_norm", "norm"),
    ("inverse_", ""), ("inv_", ""), ("renorm", "norm"), ("destandard", "standard"),
    ("unstandard", "standard"), ("decode", "encode"), ("unscale", "scale"), ("descale", "scale"),
    ("reverse", "forward"), ("inverse", "forward"),
)  # fmt: skip
# What has no mean to be added: `denormalize_std`.
_WITHOUT_MEAN = word_set("std sigma var variance scale delta diff grad force forces error loss")
_WITHOUT_MEAN |= word_set("uncertainty residual rmse mae noise velocity difference stdev")
_INVERSE = {"-": "+", "+": "-", "*": "/", "/": "*"}
_OF_ONE = word_set("ones ones_like full_like full")
Block = tuple[str, list[ast.stmt], str]  # a name, statements, and what is normalised there


def find_undone_scales(scope: Scope) -> Iterator[Slip]:
    """Give each function whose inverse, by its name, undoes no way that leads through it.

    Both are read as what they take away, add, multiply and divide by, of a mean and of a deviation
    that both of them have.
    """
    if scope.name:
        return
    for body in (scope.tree.body, *_class_bodies(scope.tree)):
        blocks = [block for node in body if isinstance(node, Function) for block in _blocks(node)]
        for name, statements, argument in blocks:
            for undoing in blocks:
                if _is_inverse(undoing[0], name):
                    pair = _ScalePair((name, statements, argument), undoing)
                    yield from pair.find()


def _class_bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    for node in walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.body


def _blocks(function: Function) -> Iterator[Block]:
    """Give a function, or what it does in each of its modes, as `if mode == "norm"` says."""
    given = [each.arg for each in function.args.args if each.arg not in ("self", "cls")]
    if not given:
        return
    modes = list(_modes(function.body, []))
    if modes:
        yield from ((mode, body, given[0]) for mode, body in modes)
    else:
        yield function.name, function.body, given[0]


def _modes(body: list[ast.stmt], before: list[ast.stmt]) -> Iterator[tuple[str, list[ast.stmt]]]:
    for number, node in enumerate(body):
        match node:
            case ast.If(
                test=ast.Compare(ops=[ast.Eq()], comparators=[ast.Constant(value=str(mode))]),
                body=then,
                orelse=otherwise,
            ) if "norm" in mode:
                yield mode, [*before, *body[:number], *then, *body[number + 1 :]]
                yield from _modes(otherwise + body[number + 1 :], [*before, *body[:number]])
                return


def _is_inverse(name: str, of: str) -> bool:
    said = name.lower().strip("_")
    wanted = of.lower().strip("_")
    return said != wanted and any(
        undoing in said and said.replace(undoing, done, 1).strip("_") == wanted
        for undoing, done in _UNDOING
    )


@dataclass(frozen=True)
class _ScalePair:
    """What normalises, and what is to undo it."""

    done: Block
    undone: Block

    def find(self) -> Iterator[Slip]:
        """Give the way of the first that no way of the second undoes, if there is one."""
        ways = ways_through(*self.done[1:])
        backs = [(_scales(way), way) for way, _ in ways_through(*self.undone[1:])]
        backs = [each for each in backs if each[0]]
        names = {each.key for way, _ in ways for each in way}
        names |= {name for _, written in ways for name in written}
        is_known = all(each.key in names for back, _ in backs for each in back)
        is_plain = all(len({each.kind for each in back}) == len(back) for back, _ in backs)
        is_partial = bool(words_of(self.undone[0]) & _WITHOUT_MEAN)
        if not backs or not is_known or not is_plain or is_partial:
            return
        for way, written in ways:
            scales = _scales(way)
            wanted = [(_INVERSE[each.sign], each.kind) for each in reversed(scales)]
            signs = [each.sign + each.kind for each in scales]
            if signs not in (["-mean"], ["-mean", "/spread"]) or _is_of_one(written):
                continue
            if signs == ["-mean"] and not self._has_spread(written):
                continue
            if all([(each.sign, each.kind) for each in back] != wanted for back, _ in backs):
                yield self._tell(scales, [back for back, _ in backs], signs)
                return

    def _has_spread(self, written: dict[str, ast.expr]) -> bool:
        """Whether a way that divides by nothing makes what its inverse multiplies by."""
        backs = (_scales(way) for way, _ in ways_through(*self.undone[1:]))
        spreads = {each.key for back in backs for each in back if each.kind == "spread"}
        return bool(spreads & set(written))

    def _tell(self, scales: Way, backs: Sequence[Way], signs: list[str]) -> Slip:
        """Return the slip: it is in what normalises where that divides by nothing."""
        line = scales[-1].line if signs == ["-mean"] else backs[0][-1].line
        done = f"{self.done[0]}: {_written(scales)}"
        undone = f"{self.undone[0]}: {_written(backs[0])}"
        return Slip(line, "not-undone", done[:LONGEST], undone[:LONGEST])


def _scales(way: Way) -> Way:
    return tuple(each for each in way if each.kind != "other")


def _is_of_one(written: dict[str, ast.expr]) -> bool:
    """Whether a deviation is written as ones, which nothing need be divided by."""
    return any(
        (isinstance(each, ast.Name | ast.Attribute) and ast.unparse(each).split(".")[-1] in _OF_ONE)
        or (isinstance(value, ast.Constant) and value.value in (1, None))
        for value in written.values()
        for each in walk(value)
    )


def _written(way: Way) -> str:
    """Return changes as a formula: `(x - mean) / std`."""
    text = "x"
    for number, each in enumerate(way):
        inner = (
            f"({text})" if number and each.sign in "*/" and way[number - 1].sign in "+-" else text
        )
        text = f"{inner} {each.sign} {each.key}"
    return text
