"""Operators on the calls of a loop: left out, moved, doubled, taken out of the loop."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mutation.operator import operator
from mutation.script import Mutation, Script, keyword

_LOOP = ("zero_grad", "backward", "step")
_CLIPS = ("clip_grad_norm_", "clip_grad_value_")


def _pairs(script: Script, first: str, then: str) -> Iterator[tuple[ast.stmt, ast.stmt]]:
    """Give statements that make one call and, later in the same block, another."""
    for node in script.call_statements(first):
        block = list(script.block(node))
        for other in script.call_statements(then):
            if other in block and block.index(other) > block.index(node):
                yield node, other
                break


def _in_loop(script: Script, *names: str) -> Iterator[ast.Expr]:
    return (node for node in script.call_statements(*names) if script.loops(node))


@operator("clearing", "BT101", "BT103", "BT102")
def drop_zero_grad(script: Script) -> Iterator[Mutation | None]:
    """Gradients are never cleared."""
    for node in _in_loop(script, "zero_grad"):
        yield script.apply(script.drop(node), also=_LOOP)


@operator("clearing", "BT101", "BT103")
def zero_grad_before_the_loop(script: Script) -> Iterator[Mutation | None]:
    """They are cleared once."""
    for node in _in_loop(script, "zero_grad"):
        outer = script.loops(node)[-1]
        edits = script.drop(node), script.before(outer, script.text(node))
        yield script.apply(*edits, also=_LOOP)


@operator("clearing", "BT102")
def zero_grad_after_backward(script: Script) -> Iterator[Mutation | None]:
    """They are cleared between backward and step."""
    for node, backward in _pairs(script, "zero_grad", "backward"):
        edits = script.drop(node), script.after(backward, script.text(node))
        yield script.apply(*edits, also=_LOOP)


@operator("clearing", "BT101", "BT103", "BT102", "BT110")
def zero_grad_of_the_other(script: Script) -> Iterator[Mutation | None]:
    """One optimizer is cleared twice, and the other not at all."""
    yield from _swap(script, "zero_grad")


@operator("stepping", "BT104", "BT213", "BT208", "BT203", "BT103", "BT101", "BT602")
def step_of_the_other(script: Script) -> Iterator[Mutation | None]:
    """One optimizer steps twice, and the other not at all."""
    yield from _swap(script, "step")


def _swap(script: Script, name: str) -> Iterator[Mutation | None]:
    nodes = list(_in_loop(script, name))
    for node in nodes:
        for other in nodes:
            mine, theirs = script.text(node), script.text(other)
            if mine != theirs and "sched" not in mine + theirs and "scaler" not in mine + theirs:
                yield script.apply(script.replace(node, theirs), also=_LOOP)


@operator("stepping", "BT213", "BT104", "BT209", "BT602", "BT601", "BT525")
def drop_step(script: Script) -> Iterator[Mutation | None]:
    """Nothing steps."""
    for node in _in_loop(script, "step"):
        yield script.apply(script.drop(node), also=_LOOP)


@operator("stepping", "BT209")
def step_after_the_loop(script: Script) -> Iterator[Mutation | None]:
    """The step is dedented: once per pass instead of once per batch."""
    for node in _in_loop(script, "step"):
        loop = script.loops(node)[0]
        if len(script.loops(node)) > 1 and node in loop.body:
            edits = script.drop(node), script.after(loop, script.text(node))
            yield script.apply(*edits, also=_LOOP)


@operator("stepping", "BT208")
def step_twice(script: Script) -> Iterator[Mutation | None]:
    """Two steps follow one backward."""
    for node in _in_loop(script, "step"):
        yield script.apply(script.after(node, script.text(node)), also=("step",))


@operator("stepping", "BT104", "BT101", "BT102", "BT211", "BT110", "BT307")
def step_before_backward(script: Script) -> Iterator[Mutation | None]:
    """The step reads what was there before this backward."""
    for backward, node in _pairs(script, "backward", "step"):
        edits = script.drop(node), script.before(backward, script.text(node))
        yield script.apply(*edits, also=_LOOP)


@operator("backwards", "BT104", "BT211", "BT602", "BT601")
def drop_backward(script: Script) -> Iterator[Mutation | None]:
    """Nothing fills the gradients."""
    for node in _in_loop(script, "backward"):
        yield script.apply(script.drop(node), also=_LOOP)


@operator("backwards", "BT105")
def backward_twice(script: Script) -> Iterator[Mutation | None]:
    """The same loss goes backward twice."""
    for node in _in_loop(script, "backward"):
        call = node.value
        if isinstance(call, ast.Call) and not keyword(call, "retain_graph"):
            text = script.text(node)
            is_name = isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
            again = f"{text[:-1]}retain_graph=True)" if is_name and text.endswith("()") else ""
            if again:
                yield script.apply(script.before(node, again), also=("backward",))


@operator("clipping", "BT107", "BT112")
def clip_after_the_step(script: Script) -> Iterator[Mutation | None]:
    """What has been stepped with is clipped."""
    for clip in _CLIPS:
        for node, step in _pairs(script, clip, "step"):
            edits = script.drop(node), script.after(step, script.text(node))
            yield script.apply(*edits, also=(*_CLIPS, "step"))


@operator("clipping", "BT107", "BT112")
def clip_before_backward(script: Script) -> Iterator[Mutation | None]:
    """What is not there yet is clipped."""
    for clip in _CLIPS:
        for backward, node in _pairs(script, "backward", clip):
            edits = script.drop(node), script.before(backward, script.text(node))
            yield script.apply(*edits, also=_CLIPS)


@operator("clipping", "BT107", "BT113")
def clip_before_unscaling(script: Script) -> Iterator[Mutation | None]:
    """Gradients that the scale still multiplies are clipped."""
    for node in script.call_statements("unscale_"):
        if any(other in script.block(node) for other in script.call_statements(*_CLIPS)):
            yield script.apply(script.drop(node), also=_CLIPS)


@operator("scaling", "BT113")
def step_past_the_scaler(script: Script) -> Iterator[Mutation | None]:
    """The optimizer steps itself, and nobody takes the scale off."""
    unscaled = {script.text(c.args[0]) for c in script.calls("unscale_") if c.args}
    for node in script.call_statements("step"):
        call = node.value
        assert isinstance(call, ast.Call)
        if "scaler" in script.text(call.func) and len(call.args) == 1:
            name = script.text(call.args[0])
            if name not in unscaled:
                yield script.apply(script.replace(node, f"{name}.step()"), also=("backward",))


@operator("accumulation", "BT108")
def drop_division(script: Script) -> Iterator[Mutation | None]:
    """Micro-batches are summed, not averaged."""
    for node in ast.walk(script.tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and script.loops(node):
            divisor = script.text(node.right)
            if any(word in divisor for word in ("accum", "micro", "parts", "steps", "ACC")):
                yield script.apply(script.replace(node, f"({script.text(node.left)})"), also=_LOOP)


@operator("accumulation", "BT102", "BT110", "BT104")
def clear_every_micro_batch(script: Script) -> Iterator[Mutation | None]:
    """All micro-batches but the last are thrown away."""
    for node in _in_loop(script, "step"):
        if not any(node in each.body for each in script.loops(node)):
            for backward in script.call_statements("backward"):
                if script.loops(backward)[:1] == script.loops(node)[:1]:
                    text = f"{script.text(node).partition('.step')[0]}.zero_grad()"
                    if "scaler" not in text:
                        yield script.apply(script.before(backward, text), also=_LOOP)
                    break


@operator("clearing", "BT101", "BT103", "BT110")
def clear_every_other_update(script: Script) -> Iterator[Mutation | None]:
    """Every second update steps with the gradients of two."""
    for node in _in_loop(script, "zero_grad"):
        loop = script.loops(node)[0]
        if node in loop.body:
            count = (
                f"__turn = globals().get('__turn', 0) + 1\nif __turn % 2:\n    {script.text(node)}"
            )
            yield script.apply(script.drop(node), script.before(node, count), also=_LOOP)
