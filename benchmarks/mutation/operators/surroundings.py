"""Operators on what surrounds an update: seeds, modes, schedules, copies, states, checkpoints."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mutation.operator import operator
from mutation.script import Mutation, Script, name_of

_DRAWS = ("rand", "randn", "rand_like", "randn_like", "randint", "randperm", "multinomial")
_OUT_OF_PLACE = {"mul_": "mul", "add_": "add", "lerp_": "lerp", "copy_": "clone"}


def _loop_of_the_step(script: Script) -> ast.stmt | None:
    """Return the innermost loop with a step in it, not counting the schedule's."""
    for node in script.call_statements("step"):
        if script.loops(node) and "sched" not in script.text(node):
            return script.loops(node)[0]
    return None


def _body(node: ast.stmt) -> list[ast.stmt]:
    assert isinstance(node, ast.For | ast.While)
    return node.body


@operator("sampling", "BT472")
def seeded_every_update(script: Script) -> Iterator[Mutation | None]:
    """The seed is set again for every update, which draws the same noise, masks or rows."""
    loop = _loop_of_the_step(script)
    for node in script.call_statements("manual_seed"):
        if loop is not None and not script.loops(node) and _is_random(script):
            first = _body(loop)[0]
            yield script.apply(script.before(first, script.text(node)), also=("manual_seed",))


def _is_random(script: Script) -> bool:
    """Whether anything is drawn by torch in the loop."""
    draws = [*script.calls(*_DRAWS), *(c for c in script.calls("sample") if not c.args)]
    is_drawn = any(script.loops(each) for each in draws) or "shuffle=True" in script.source
    return is_drawn or any(script.calls("Dropout", "rsample"))


@operator("modes", "BT314")
def eval_forgotten(script: Script) -> Iterator[Mutation | None]:
    """Held-back rows are judged with dropout drawn, and they move the statistics of batch norm."""
    if any(script.calls("Dropout", "BatchNorm1d", "BatchNorm2d")):
        for node in script.call_statements("eval"):
            if script.loops(node):
                yield script.apply(script.drop(node), also=("no_grad",))


@operator("schedules", "BT509")
def schedule_before_the_step(script: Script) -> Iterator[Mutation | None]:
    """The schedule moves on before the first update, so that its first rate is never used."""
    for node in script.call_statements("step"):
        call = node.value
        if "sched" in script.text(node) and isinstance(call, ast.Call) and not call.args:
            loops = script.loops(node)
            if loops and node in loops[0].body and loops[0].body[0] is not node:
                edits = script.before(loops[0].body[0], script.text(node)), script.drop(node)
                yield script.apply(*edits, also=("step",))


@operator("targets", "BT214", "BT462")
def copy_is_the_same(script: Script) -> Iterator[Mutation | None]:
    """The copy of a network is the network itself: a target or an average that is being trained."""
    for _, call in script.assigned_calls("deepcopy"):
        if len(call.args) == 1 and isinstance(call.args[0], ast.Name):
            edit = script.replace(call, script.text(call.args[0]))
            yield script.apply(edit, also=("lerp_", "add_", "load_state_dict"))


@operator("averages", "BT446", "BT462")
def average_rebound(script: Script) -> Iterator[Mutation | None]:
    """The average is computed into a name of the loop, and the kept weights stay what they were."""
    for node in script.call_statements("lerp_", "add_", "copy_"):
        call, loops = node.value, script.loops(node)
        if not isinstance(call, ast.Call) or not loops or not _is_zip(loops[0]):
            continue
        kept = script.text(node).split(".", 1)[0]
        text = script.text(node)
        for name, other in _OUT_OF_PLACE.items():
            text = text.replace(f".{name}(", f".{other}(")
        if name_of(call) == "copy_" and call.args:
            text = script.text(call.args[0])
        yield script.apply(script.replace(node, f"{kept} = {text}"))


def _is_zip(loop: ast.stmt) -> bool:
    source = loop.iter if isinstance(loop, ast.For) else None
    return isinstance(source, ast.Call) and name_of(source) == "zip"


@operator("recurrence", "BT302", "BT307", "BT455")
def not_started_anew(script: Script) -> Iterator[Mutation | None]:
    """What every pass begins with is made once: a state or lists go on from pass to pass."""
    for node in script.statements:
        loops = script.loops(node)
        is_first = bool(loops) and loops[0].body[0] is node
        if is_first and isinstance(node, ast.Assign) and _is_empty(node.value):
            edits = script.drop(node), script.before(loops[0], script.text(node))
            yield script.apply(*edits, also=("backward",))


def _is_empty(node: ast.expr) -> bool:
    """Whether an expression is an empty list, zeros, or a tuple of them."""
    if isinstance(node, ast.Tuple):
        return all(_is_empty(each) for each in node.elts)
    is_zeros = isinstance(node, ast.Call) and name_of(node) == "zeros" and bool(node.args)
    return is_zeros or (isinstance(node, ast.List) and not node.elts)


@operator("checkpoints", "BT223", "BT487")
def optimizer_state_not_restored(script: Script) -> Iterator[Mutation | None]:
    """A run is taken up again with the weights, but without the optimizer's moments."""
    for node in script.call_statements("load_state_dict"):
        if "optim" in script.text(node).partition(".load_state_dict")[0]:
            yield script.apply(script.drop(node), also=("load_state_dict", "Adam", "AdamW"))
