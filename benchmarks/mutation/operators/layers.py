"""Operators on what a network computes: its layers, axes, masks, and which input goes where."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mutation.operator import operator
from mutation.script import Mutation, Script, keyword, name_of

_NORMS = ("BatchNorm1d", "BatchNorm2d", "LayerNorm", "GroupNorm")
_ACTIVATIONS = ("ReLU", "Tanh", "LeakyReLU", "GELU", "SiLU", "Sigmoid")
_FUNCTIONS = ("relu", "tanh", "silu", "gelu", "leaky_relu")


def _layers(script: Script, *types: str) -> Iterator[tuple[ast.FunctionDef, str, ast.Call]]:
    """Give the forward of each class, with the names and calls of the layers of its __init__."""
    for cls in ast.walk(script.tree):
        if isinstance(cls, ast.ClassDef):
            defs = {each.name: each for each in cls.body if isinstance(each, ast.FunctionDef)}
            if "__init__" in defs and "forward" in defs:
                for name, made in _assigned(defs["__init__"]):
                    if name_of(made) in types:
                        yield defs["forward"], name, made


def _assigned(init: ast.FunctionDef) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(init):
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            made = value.elts if isinstance(value, ast.Tuple) else [value]
            for name, call in zip(names, made, strict=False):
                if isinstance(name, ast.Attribute) and isinstance(call, ast.Call):
                    yield name.attr, call


def _uses(forward: ast.FunctionDef, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(forward):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            if node.func.attr == name and isinstance(of, ast.Name) and of.id == "self":
                yield node


@operator("layers", "BT204", "BT602")
def layer_never_called(script: Script) -> Iterator[Mutation | None]:
    """A layer is made and held by the optimizer, but forward does not pass through it."""
    for forward, name, made in _layers(script, "Linear", *_NORMS):
        sizes = [script.text(each) for each in made.args]
        if name_of(made) in _NORMS or (len(sizes) == 2 and sizes[0] == sizes[1]):
            for call in _uses(forward, name):
                if len(call.args) == 1:
                    edit = script.replace(call, f"({script.text(call.args[0])})")
                    yield script.apply(edit, also=(name_of(made),))


@operator("layers", "BT494")
def layer_made_in_forward(script: Script) -> Iterator[Mutation | None]:
    """Every forward makes a layer of its own, with new weights that no optimizer holds."""
    for forward, name, made in _layers(script, "Linear"):
        parts = [each for part in made.args for each in ast.walk(part)]
        if not any(_is_variable(each) for each in parts):
            for call in _uses(forward, name):
                yield script.apply(script.replace(call.func, script.text(made)))


def _is_variable(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and not node.id.isupper()


@operator("layers", "BT220")
def activation_forgotten(script: Script) -> Iterator[Mutation | None]:
    """Two linear layers follow each other with nothing between them, and are no more than one."""
    stacks = list(script.calls("Sequential"))
    for call in stacks:
        if sum(script.text(each) == script.text(call) for each in stacks) > 1:
            continue  # a twin, whose weights would not fit
        for before, node, after in zip(call.args, call.args[1:], call.args[2:], strict=False):
            around = [name_of(each) for each in (before, after) if isinstance(each, ast.Call)]
            is_between = around == ["Linear", "Linear"]
            if is_between and isinstance(node, ast.Call) and name_of(node) in _ACTIVATIONS:
                rest = [script.text(each) for each in call.args if each is not node]
                text = f"{script.text(call.func)}({', '.join(rest)})"
                yield script.apply(script.replace(call, text))
    for call in script.calls(*_FUNCTIONS):
        is_own = len(call.args) == 1 and "conv" not in script.text(call.args[0])
        if script.is_in_class(call) and is_own:
            yield script.apply(script.replace(call, f"({script.text(call.args[0])})"))


@operator("layers", "BT313")
def dropout_of_what_it_should_keep(script: Script) -> Iterator[Mutation | None]:
    """The share to be kept is given where the share to be dropped is asked for: 0.9 for 0.1."""
    for call in script.calls("Dropout"):
        share = call.args[0] if call.args else None
        value = share.value if isinstance(share, ast.Constant) else None
        if share is not None and isinstance(value, float) and 0 < value < 0.4:
            yield script.apply(script.replace(share, f"{1 - value:.2g}"))


@operator("masks", "BT415", "BT422", "BT446", "BT573")
def mask_not_applied(script: Script) -> Iterator[Mutation | None]:
    """Scores are masked out of place and the result is not kept: the future or padding is seen."""
    for call in script.calls("masked_fill"):
        node = script.statement(call)
        value = script.text(call.args[-1]) if call.args else ""
        if isinstance(call.func, ast.Attribute) and ("inf" in value or "1e" in value):
            scores = call.func.value
            is_softmaxed = "softmax" in ast.dump(node) or "scores" in script.text(scores)
            if is_softmaxed and node in script.statements:
                alone = isinstance(node, ast.Assign) and node.value is call
                place, text = (node, call) if alone else (call, scores)
                yield script.apply(script.replace(place, script.text(text)), also=("softmax",))


@operator("axes", "BT443", "BT428", "BT469", "BT617")
def lengths_over_the_batch(script: Script) -> Iterator[Mutation | None]:
    """Each feature is scaled to length one over the rows, not each row over its features."""
    for call in script.calls("normalize"):
        axis = keyword(call, "dim")
        if axis is not None and script.text(axis.value) in ("1", "-1"):
            yield script.apply(script.replace(axis, "dim=0"), also=("backward",))


@operator("recurrence", "BT602", "BT204")
def first_time_for_the_last(script: Script) -> Iterator[Mutation | None]:
    """The state at the first time is read, before the rest of the sequence has been seen."""
    if any(script.calls("LSTM", "GRU", "RNN")):
        for node in ast.walk(script.tree):
            if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
                axes = node.slice.elts
                is_last = len(axes) > 1 and script.text(axes[1]) == "-1"
                if is_last and isinstance(axes[0], ast.Slice) and script.is_in_class(node):
                    yield script.apply(script.replace(axes[1], "0"))


@operator("embeddings", "BT320")
def the_other_argument(script: Script) -> Iterator[Mutation | None]:
    """A table is looked up with the index of the other one."""
    tables = list(_layers(script, "Embedding"))
    looked_up = [
        (call, forward, _rows(script, made))
        for forward, name, made in tables
        for call in _uses(forward, name)
        if len(call.args) == 1 and isinstance(call.args[0], ast.Name)
    ]
    for call, forward, rows in looked_up:
        others = {
            script.text(each.args[0])
            for each, _, size in looked_up
            if rows is None or size is None or size <= rows
        }
        names = {each.arg for each in forward.args.args} - {script.text(call.args[0])}
        for other in sorted(others & names):
            yield script.apply(script.replace(call.args[0], other))


def _rows(script: Script, made: ast.Call) -> int | None:
    """Return how many rows a table has, where its first argument is a constant of the script."""
    known = {}
    for node in script.tree.body:
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            names = target.elts if isinstance(target, ast.Tuple) else [target]
            values = value.elts if isinstance(value, ast.Tuple) else [value]
            for name, each in zip(names, values, strict=False):
                if isinstance(each, ast.Constant) and isinstance(each.value, int):
                    known[script.text(name)] = each.value
    return known.get(script.text(made.args[0])) if made.args else None
