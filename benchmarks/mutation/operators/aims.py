"""Operators on what is trained towards: losses, their arguments, draws, returns, bootstraps."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mutation.operator import operator
from mutation.script import Mutation, Script, keyword, name_of

_OPPOSITES = {"positive": "negative", "near": "far", "better": "worse"}
_LABELS = {"ones": "zeros", "ones_like": "zeros_like"}
_ENDS = ("done", "ended", "terminal", "finished")


@operator("losses", "BT404", "BT473")
def log_softmax_dropped(script: Script) -> Iterator[Mutation | None]:
    """A loss of log-probabilities is given raw scores."""
    for call in script.calls("log_softmax"):
        is_function = isinstance(call.func, ast.Attribute) and script.text(call.func.value) in (
            "F",
            "torch",
            "nn.functional",
        )
        inner = call.args[0] if is_function and call.args else call.func
        if not is_function and isinstance(inner, ast.Attribute):
            inner = inner.value
        yield script.apply(script.replace(call, script.text(inner)), also=("backward",))


@operator("losses", "BT473")
def square_dropped(script: Script) -> Iterator[Mutation | None]:
    """Signed errors or weights are averaged, whose squares were meant, so they fall without end."""
    for node in ast.walk(script.tree):
        base: ast.expr | None = None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            base = node.left if _is_two(node.right) else None
        elif isinstance(node, ast.Call) and name_of(node) in ("pow", "square"):
            is_square = name_of(node) == "square" or (node.args and _is_two(node.args[0]))
            if is_square and isinstance(node.func, ast.Attribute):
                base = node.func.value
        if isinstance(node, ast.expr) and base is not None and _is_reduced(script, node):
            yield script.apply(script.replace(node, f"({script.text(base)})"), also=("backward",))


def _is_two(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 2


def _is_reduced(script: Script, node: ast.expr) -> bool:
    """Whether the mean or the sum of a node is taken and trained with."""
    reduced = [
        call
        for call in script.calls("mean", "sum")
        if isinstance(call.func, ast.Attribute) and node in ast.walk(call.func.value)
    ]
    return bool(script.loops(node)) and bool(reduced)


@operator("losses", "BT461")
def positive_and_negative_swapped(script: Script) -> Iterator[Mutation | None]:
    """What belongs together is pushed apart, and what does not is drawn together."""
    swap = _OPPOSITES | {other: one for one, other in _OPPOSITES.items()}
    for statement in script.statements:
        if not isinstance(statement, ast.Assign) or not script.loops(statement):
            continue
        names = [
            each
            for each in ast.walk(statement.value)
            if isinstance(each, ast.Name) and each.id in swap
        ]
        found = {each.id for each in names}
        if len(found) == 2 and {swap[each] for each in found} == found:
            edits = [script.replace(each, swap[each.id]) for each in names]
            yield script.apply(*edits, also=("backward",))


@operator("losses", "BT408", "BT461", "BT550")
def fake_called_real(script: Script) -> Iterator[Mutation | None]:
    """One term of an adversary's loss has the label of the other: fakes are called real."""
    swap = _LABELS | {other: one for one, other in _LABELS.items()}
    for call in script.calls("criterion", "binary_cross_entropy_with_logits"):
        if len(call.args) == 2 and script.loops(call):
            label = call.args[1]
            name = label.func if isinstance(label, ast.Call) else label
            last = name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")
            if last in swap:
                text = script.text(label).replace(last, swap[last], 1)
                yield script.apply(script.replace(label, text), also=("backward",))


@operator("reinforcement", "BT442")
def greedy_for_sampled(script: Script) -> Iterator[Mutation | None]:
    """A policy gradient is taken at the likeliest action, never at one that the policy drew."""
    if any(script.calls("Categorical")):
        for call in script.calls("sample"):
            if isinstance(call.func, ast.Attribute) and not call.args and script.loops(call):
                text = f"{script.text(call.func.value)}.probs.argmax(-1)"
                yield script.apply(script.replace(call, text), also=("log_prob",))


@operator("gradients", "BT204", "BT309", "BT321", "BT602")
def sample_for_rsample(script: Script) -> Iterator[Mutation | None]:
    """The draw lets no gradient through to what it was drawn from."""
    for call in script.calls("rsample"):
        if isinstance(call.func, ast.Attribute):
            text = f"{script.text(call.func.value)}.sample()"
            yield script.apply(script.replace(call, text), also=("backward",))


@operator("gradients", "BT115", "BT116")
def detach_forgotten(script: Script) -> Iterator[Mutation | None]:
    """What was to be a constant of the loss carries a gradient: an advantage, or a wanted code."""
    losses = list(script.calls("mse_loss"))
    for call in script.calls("detach"):
        if isinstance(call.func, ast.Attribute):
            inner = call.func.value
            # A state, or a fake for a critic, is not meant: without detach its graph has gone.
            if isinstance(inner, ast.BinOp):
                edit = script.replace(call, f"({script.text(inner)})")
                yield script.apply(edit, also=("backward",))
            elif any(call in each.args for each in losses):
                yield script.apply(script.replace(call, script.text(inner)), also=("backward",))


@operator("reinforcement", "BT445", "BT558")
def ends_bootstrapped(script: Script) -> Iterator[Mutation | None]:
    """A state after the end of an episode is valued as if it went on."""
    for node in ast.walk(script.tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for mask, rest in ((node.left, node.right), (node.right, node.left)):
                is_mask = isinstance(mask, ast.BinOp) and isinstance(mask.op, ast.Sub)
                if is_mask and any(word in script.text(mask) for word in _ENDS):
                    text = script.text(rest)
                    text = f"({text})" if isinstance(rest, ast.BinOp) else text
                    yield script.apply(script.replace(node, text), also=("backward",))


@operator("data", "BT465")
def order_not_reversed(script: Script) -> Iterator[Mutation | None]:
    """Sums that run from the last to the first run from the first: returns, or sets at risk."""
    for call in script.calls("reversed"):
        yield script.apply(script.replace(call, script.text(call.args[0])), also=("backward",))
    for call in script.calls("sort", "argsort"):
        order = keyword(call, "descending")
        if order is not None:
            yield script.apply(script.replace(order, "descending=False"), also=("backward",))
