"""A generator and its judge whose losses have targets that do not fit together."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.generators.opinion_losses import OpinionLoss, find_opinion_losses
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, parents_in
from backtrace.recording.source.walks import walk

_ENOUGH = 3  # of what is real, of what is made, and the generator's own


def find_generator_targets(scope: Scope) -> Iterator[Slip]:
    """Give losses of `judge(fake)` with the targets that `judge(fake.detach())` has, too.

    The same judge must learn others for something else, and nothing in the file may be turned
    round: neither a minus before such a loss, nor targets that are written over. Where what is
    real has the same targets as `judge(fake.detach())`, that one is given. The whole file is looked
    through, as each network may be stepped in a function of its own.
    """
    if scope.node is not scope.tree:
        return
    found = find_opinion_losses(scope.tree, _ENOUGH)
    if len(found) < _ENOUGH or _is_turned(scope.tree, found):
        return
    for judge in sorted({each.judge for each in found}):
        yield from _find_slips([each for each in found if each.judge == judge])


def _find_slips(losses: list[OpinionLoss]) -> Iterator[Slip]:
    """Give what is wrong among the losses of one judge."""
    made = [each for each in losses if each.is_detached]
    own = [each for each in losses if not each.is_detached and any(map(each.is_of_same, made))]
    real = [each for each in losses if each not in made and each not in own]
    taught, wanted, of_real = ({each.target for each in part} for part in (made, own, real))
    if None in taught | wanted | of_real or {len(taught), len(wanted), len(of_real)} != {1}:
        return
    if taught == of_real:
        for each in made:
            yield Slip(each.call.lineno, "judge", ast.unparse(each.call)[:LONGEST], each.judge)
    elif taught == wanted:
        for each in own:
            yield Slip(each.call.lineno, "generator", ast.unparse(each.call)[:LONGEST], each.judge)


def _is_turned(tree: ast.Module, found: list[OpinionLoss]) -> bool:
    """Whether there is a minus before anything in the file that is made of such losses."""
    calls = {id(each.call) for each in found}
    names = {name for each in found for name in _names_around(tree, each.call)}
    for node in walk(tree):
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=under) | ast.BinOp(op=ast.Sub(), right=under):
                for inside in walk(under):
                    name = getattr(inside, "id", getattr(inside, "attr", None))
                    if id(inside) in calls or name in names:
                        return True
            case ast.keyword(arg="maximize"):
                return True
    return False


def _names_around(tree: ast.Module, call: ast.Call) -> Iterator[str]:
    """Give what a loss is assigned to, and the function that it stands in."""
    parents = parents_in(tree)
    above = parents.get(id(call))
    while above is not None:
        match above:
            case ast.Assign(targets=targets):
                for target in targets:
                    yield from (each.id for each in walk(target) if isinstance(each, ast.Name))
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
        above = parents.get(id(above))
