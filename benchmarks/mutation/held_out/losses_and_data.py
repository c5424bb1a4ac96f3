"""Operators on what a loss is given, and on what is drawn, scaled, mirrored and remembered."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mutation.operator import operator
from mutation.script import Mutation, Script, keyword, name_of

_DISTANCES = ("mse_loss", "l1_loss", "smooth_l1_loss")
_CLASSES = ("cross_entropy", "nll_loss")
_BINARY = "binary_cross_entropy_with_logits"


def _losses(script: Script, *names: str) -> Iterator[ast.Call]:
    """Give the calls of a loss in a loop that are trained on, with a prediction and a target."""
    judged = [node for node in ast.walk(script.tree) if isinstance(node, ast.With)]
    for call in script.calls(*names):
        is_judged = any(node.lineno < call.lineno <= (node.end_lineno or 0) for node in judged)
        if script.loops(call) and len(call.args) >= 2 and not is_judged:
            yield call


@operator("loss arguments", "BT301", "BT204", "BT601", "BT304")
def prediction_rounded(script: Script) -> Iterator[Mutation | None]:
    """What is predicted is rounded before the loss, and rounding has no slope but zero."""
    for call in _losses(script, *_DISTANCES):
        text = f"torch.round({script.text(call.args[0])})"
        yield script.apply(script.replace(call.args[0], text), also=("round", "backward"))


@operator("loss arguments", "BT528")
def class_weights_turned_over(script: Script) -> Iterator[Mutation | None]:
    """The weights are the fraction upside down: what is frequent weighs more, what is rare less."""
    for call in script.calls("cross_entropy", "CrossEntropyLoss", _BINARY, "BCEWithLogitsLoss"):
        given = keyword(call, "weight") or keyword(call, "pos_weight")
        value = given.value if given else None
        if isinstance(value, ast.Name):
            value = _assigned(script, value.id)
        if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div):
            text = f"({script.text(value.right)}) / ({script.text(value.left)})"
            yield script.apply(script.replace(value, text), also=(name_of(call),))


def _assigned(script: Script, name: str) -> ast.expr | None:
    for node in script.statements:
        if isinstance(node, ast.Assign) and script.text(node.targets[0]) == name:
            return node.value
    return None


@operator("temperatures", "BT468")
def temperature_multiplied(script: Script) -> Iterator[Mutation | None]:
    """Scores are multiplied by the temperature that they are to be divided by."""
    for node in ast.walk(script.tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            name = script.text(node.right)
            if any(word in name.lower() for word in ("temperature", "heat", "tau")):
                text = f"({script.text(node.left)}) * {name}"
                yield script.apply(script.replace(node, text), also=("cross_entropy", "kl_div"))


@operator("loss arguments", "BT527", "BT473")
def binary_target_first(script: Script) -> Iterator[Mutation | None]:
    """The targets stand where the scores belong, so that the loss falls without end."""
    made = {script.text(n.targets[0]) for n, _ in script.assigned_calls("BCEWithLogitsLoss")}
    for call in _losses(script, _BINARY, *made):
        predicted, wanted = call.args[:2]
        edits = (
            script.replace(predicted, script.text(wanted)),
            script.replace(wanted, script.text(predicted)),
        )
        yield script.apply(*edits, also=("backward",))


@operator("reinforcement", "BT483")
def log_prob_of_another_draw(script: Script) -> Iterator[Mutation | None]:
    """The log-probability is of an action drawn anew, not of the one that earned the reward."""
    for call in script.calls("log_prob"):
        if script.loops(call) and isinstance(call.func, ast.Attribute) and len(call.args) == 1:
            text = f"{script.text(call.func.value)}.sample()"
            yield script.apply(script.replace(call.args[0], text), also=("log_prob",))


@operator("order of data", "BT409")
def batches_sorted_by_target(script: Script) -> Iterator[Mutation | None]:
    """Rows come sorted by their target and unshuffled, so that a batch has all but one target."""
    for call in _losses(script, *_CLASSES, "mse_loss"):
        wanted = call.args[1]
        loop = script.loops(call)[0]
        drawn = loop.iter if isinstance(loop, ast.For) else None
        if not isinstance(wanted, ast.Subscript) or not isinstance(drawn, ast.Call):
            continue
        parts = drawn.func.value if isinstance(drawn.func, ast.Attribute) else None
        if isinstance(parts, ast.Call) and name_of(parts) == "randperm":
            count = script.text(parts.args[0])
            text = f"{script.text(wanted.value)}[:{count}].flatten().argsort()"
            yield script.apply(script.replace(parts, text))
    for call in script.calls("DataLoader"):
        rows, shuffled = call.args[0] if call.args else None, keyword(call, "shuffle")
        if isinstance(rows, ast.Call) and shuffled and "CrossEntropyLoss" in script.source:
            text = f"sampler={script.text(rows.args[-1])}.argsort().tolist()"
            yield script.apply(script.replace(shuffled, text))


@operator("targets", "BT405")
def targets_truncated(script: Script) -> Iterator[Mutation | None]:
    """Fractional targets go through an integer type, which cuts off all but their whole part."""
    for call in _losses(script, *_DISTANCES):
        text = f"({script.text(call.args[1])}).int().float()"
        yield script.apply(script.replace(call.args[1], text), also=("backward",))


@operator("scaling of data", "BT434", "BT560")
def mean_and_deviation_swapped(script: Script) -> Iterator[Mutation | None]:
    """The deviation is taken off and the mean divided by, where the reverse was meant."""
    for node in ast.walk(script.tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            left = node.left
            if isinstance(left, ast.BinOp) and isinstance(left.op, ast.Sub):
                mean, spread = script.text(left.right), script.text(node.right)
                if "mean" in mean:
                    text = f"({script.text(left.left)} - ({spread})) / ({mean})"
                    yield script.apply(script.replace(node, text))


@operator("sampling", "BT423")
def class_weights_for_row_weights(script: Script) -> Iterator[Mutation | None]:
    """The sampler is given a weight per class, not per row, and draws the first few rows only."""
    for call in script.calls("WeightedRandomSampler", "multinomial"):
        given = call.args[0] if call.args else None
        if isinstance(given, ast.Subscript) and isinstance(given.slice, ast.Name):
            yield script.apply(script.replace(given, script.text(given.value)))


@operator("augmentation", "BT450")
def augmentation_drawn_twice(script: Script) -> Iterator[Mutation | None]:
    """Inputs and targets are mirrored by two draws, so that often only one of them is."""
    for node in script.statements:
        if isinstance(node, ast.If) and "rand" in script.text(node.test) and not node.orelse:
            parts = _halves(script, node.body)
            if len(parts) == 2 and all("flip" in each for each in parts):
                test, inner = script.text(node.test), " " * (node.col_offset + 4)
                first = f"if {test}:\n{inner}{parts[0]}"
                second = f"if {test}:\n    {parts[1]}"
                yield script.apply(script.replace(node, first), script.after(node, second))


def _halves(script: Script, body: list[ast.stmt]) -> list[str]:
    """Return the two assignments that a body makes, be it in one line or in two."""
    node = body[0]
    if len(body) == 1 and isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
        names = node.targets[0]
        if isinstance(names, ast.Tuple):
            pairs = zip(names.elts, node.value.elts, strict=True)
            return [f"{script.text(name)} = {script.text(value)}" for name, value in pairs]
    return [script.text(each) for each in body]


@operator("memory", "BT559")
def stored_after_moving_on(script: Script) -> Iterator[Mutation | None]:
    """A move is remembered after the state went on, so that it starts from where it ended."""
    for node in script.call_statements("append"):
        call, block = node.value, script.block(node)
        following = block[block.index(node) + 1 : block.index(node) + 2]
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Tuple):
            names = {script.text(each) for each in call.args[0].elts}
            for other in following:
                if isinstance(other, ast.Assign) and script.text(other.targets[0]) in names:
                    edits = script.drop(node), script.after(other, script.text(node))
                    yield script.apply(*edits)
