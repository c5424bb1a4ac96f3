"""Operators on layers and on what is read from them: tables, states, attention, outputs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mutation.operator import operator
from mutation.script import Mutation, Script, keyword, name_of


@operator("outputs", "BT311", "BT313")
def dropout_on_the_output(script: Script) -> Iterator[Mutation | None]:
    """Half of the outputs themselves are dropped, so that no loss can ask for a value of them."""
    for node, call in script.assigned_calls("Sequential"):
        last = call.args[-1] if call.args else None
        is_layer = isinstance(last, ast.Call) and name_of(last) in ("Linear", "Conv1d", "Conv2d")
        if last and is_layer and not script.is_in_class(node):
            text = f"{script.text(last)}, nn.Dropout(0.5)"
            yield script.apply(script.replace(last, text))
    for value in _outputs(script):
        text = f"nn.functional.dropout({script.text(value)}, 0.5, self.training)"
        yield script.apply(script.replace(value, text), also=("dropout",))


def _outputs(script: Script) -> Iterator[ast.expr]:
    """Give what forward returns from a layer, in classes that a script itself makes one of."""
    made = {name_of(call) for node, call in _made(script) if not script.is_in_class(node)}
    for owner in ast.walk(script.tree):
        if isinstance(owner, ast.ClassDef) and owner.name in made:
            for node in ast.walk(owner):
                value = node.value if isinstance(node, ast.Return) else None
                names = [f"self.{name}" for name in ("head", "body", "out", "decoder")]
                if isinstance(value, ast.Call) and script.text(value.func) in names:
                    yield value


def _made(script: Script) -> Iterator[tuple[ast.stmt, ast.Call]]:
    for node in script.statements:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            yield node, node.value


@operator("embeddings", "BT205", "BT602")
def table_frozen_by_default(script: Script) -> Iterator[Mutation | None]:
    """A table of random rows is made by from_pretrained, which freezes it unless told otherwise."""
    for call in script.calls("Embedding"):
        if len(call.args) == 2 and isinstance(call.func, ast.Attribute):
            rows, width = map(script.text, call.args)
            given = keyword(call, "padding_idx")
            more = f", {script.text(given)}" if given else ""
            text = f"{script.text(call.func)}.from_pretrained(torch.randn({rows}, {width}){more})"
            yield script.apply(script.replace(call, text), also=("from_pretrained",))


@operator("recurrent states", "BT204", "BT602")
def first_layer_is_read(script: Script) -> Iterator[Mutation | None]:
    """The last state of the lowest layer is read, and the layers above it learn nothing."""
    if "num_layers" not in script.source:
        return
    states = _states(script)
    for node in ast.walk(script.tree):
        is_state = isinstance(node, ast.Subscript) and script.text(node.value) in states
        if isinstance(node, ast.Subscript) and is_state and script.text(node.slice) == "-1":
            yield script.apply(script.replace(node.slice, "0"), also=("GRU", "LSTM", "RNN"))


def _states(script: Script) -> set[str]:
    """Return the names that stand in the second place of what a recurrent network returns."""
    found = set()
    for node in script.statements:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        if isinstance(target, ast.Tuple) and len(target.elts) == 2:
            state = target.elts[1]
            if isinstance(state, ast.Tuple):
                state = state.elts[0]
            found.add(script.text(state))
    return found


@operator("attention", "BT469")
def softmax_over_the_queries(script: Script) -> Iterator[Mutation | None]:
    """The weights of attention sum to one over those who ask, not over what is looked at."""
    weighted = set()
    for node in ast.walk(script.tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
            weighted.add(script.text(node.left))
    for call in script.calls("softmax"):
        statement = script.statement(call)
        is_named = isinstance(statement, ast.Assign) and statement.value is call
        name = script.text(statement.targets[0]) if isinstance(statement, ast.Assign) else ""
        if script.text(call) in weighted or (is_named and name in weighted):
            given = keyword(call, "dim")
            axis = given.value if given else call.args[-1]
            if script.text(axis) == "-1":
                yield script.apply(script.replace(axis, "-2"), also=("softmax",))


@operator("recurrent states", "BT440", "BT426")
def padding_is_read_as_last(script: Script) -> Iterator[Mutation | None]:
    """The last place of the padded batch is read, which for shorter rows comes after padding."""
    for node in ast.walk(script.tree):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple):
            axes = node.slice.elts
            is_row = isinstance(axes[0], ast.Call) and name_of(axes[0]) == "arange"
            is_last = len(axes) == 2 and script.text(axes[1]).endswith("- 1")
            if is_row and is_last and isinstance(node.ctx, ast.Load):
                yield script.apply(script.replace(node, f"{script.text(node.value)}[:, -1]"))
