"""Operators on the graph: cut where it should go on, and going on where it should be cut."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from mutation.operator import operator
from mutation.script import Mutation, Script, keyword

_NOTHING = ("BT301", "BT304", "BT204", "BT601", "BT602", "BT104", "BT407")


def _losses(script: Script) -> Iterator[tuple[ast.Expr, str]]:
    """Give the backward statements in loops and what goes backward, where that is a name."""
    for node in script.call_statements("backward"):
        found = re.fullmatch(r"(\w+)\.backward\(.*\)", script.text(node))
        if found and script.loops(node):
            yield node, found[1]


@operator("graph", *_NOTHING)
def loss_made_of_a_number(script: Script) -> Iterator[Mutation | None]:
    """The loss is wrapped into a new tensor."""
    for node, loss in _losses(script):
        text = f"{loss} = torch.tensor({loss}.item(), requires_grad=True)"
        yield script.apply(script.before(node, text), also=("backward", "step"))


@operator("graph", *_NOTHING)
def output_detached(script: Script) -> Iterator[Mutation | None]:
    """What the model returns is detached, and asked for a gradient again."""
    for node in _outputs(script):
        text = f"{script.text(node)}.detach().requires_grad_()"
        yield script.apply(script.replace(node, text), also=("backward", "step"))


def _outputs(script: Script) -> Iterator[ast.Call]:
    """Give the calls of what an optimizer's `parameters()` are of, in training loops."""
    made = re.findall(r"(\w+)\.parameters\(\)", script.source)
    for call in script.calls(*made):
        is_alone = isinstance(call.func, ast.Name) and len(call.args) == 1
        managers = [script.text(w.items[0].context_expr) for w in _withs(script, call)]
        if is_alone and script.loops(call) and not any("no_grad" in each for each in managers):
            yield call


def _withs(script: Script, node: ast.AST) -> Iterator[ast.With]:
    for each in ast.walk(script.tree):
        if isinstance(each, ast.With) and any(node is inner for inner in ast.walk(each)):
            yield each


@operator("graph", *_NOTHING)
def output_without_grad(script: Script) -> Iterator[Mutation | None]:
    """The model is called where gradients are off."""
    for call in _outputs(script):
        node = script.statement(call)
        if isinstance(node, ast.Assign) and node.value is call:
            text = f"with torch.no_grad():\n    {script.text(node)}\n"
            name = script.text(node.targets[0])
            if re.fullmatch(r"\w+", name):
                edits = (script.drop(node), script.before(node, text + f"{name}.requires_grad_()"))
                yield script.apply(*edits, also=("backward", "step"))


@operator("graph", "BT204", "BT302", "BT602", "BT301", "BT407")
def layer_detached(script: Script) -> Iterator[Mutation | None]:
    """In a forward, what a layer returns is detached."""
    yield from _layers(script, "{}.detach()")


@operator("graph", "BT204", "BT302", "BT602", "BT301", "BT407")
def layer_as_data(script: Script) -> Iterator[Mutation | None]:
    """In a forward, only the data of what a layer returns goes on."""
    yield from _layers(script, "{}.data")


def _layers(script: Script, text: str) -> Iterator[Mutation | None]:
    for node in script.statements:
        if not isinstance(node, ast.Assign) or not script.is_in_class(node):
            continue
        is_layer = re.match(r"self\.|torch\.|F\.|layer\(|block\(", script.text(node.value))
        if is_layer and isinstance(node.value, ast.Call) and isinstance(node.targets[0], ast.Name):
            new = text.format(script.text(node.value))
            yield script.apply(script.replace(node.value, new))


@operator("graph", "BT303", "BT201", "BT435")
def layers_in_a_list(script: Script) -> Iterator[Mutation | None]:
    """Layers stand in a list, where `parameters()` does not look."""
    for call in script.calls("ModuleList"):
        if len(call.args) == 1 and script.is_in_class(call):
            yield script.apply(script.replace(call, script.text(call.args[0])), also=("step",))


@operator("whose gradient", "BT115", "BT116", "BT407", "BT301", "BT103", "BT101")
def detach_left_out(script: Script) -> Iterator[Mutation | None]:
    """A gradient goes where it should not."""
    for call in script.calls("detach"):
        if isinstance(call.func, ast.Attribute) and script.loops(call):
            yield script.apply(script.replace(call, script.text(call.func.value)))


@operator("whose gradient", "BT115")
def target_with_gradient(script: Script) -> Iterator[Mutation | None]:
    """What the loss is held against is computed with gradients on."""
    for node in ast.walk(script.tree):
        if isinstance(node, ast.With) and script.loops(node):
            manager = node.items[0].context_expr
            if script.text(manager) == "torch.no_grad()" and any(
                isinstance(each, ast.Assign) for each in node.body
            ):
                yield script.apply(script.replace(manager, "torch.enable_grad()"))


@operator("whose gradient", "BT312", "BT407")
def penalty_without_graph(script: Script) -> Iterator[Mutation | None]:
    """A penalty on a gradient is a constant."""
    for call in script.calls("grad"):
        found = keyword(call, "create_graph")
        if found is not None:
            yield script.apply(script.replace(found, "create_graph=False"), also=("backward",))


@operator("whose gradient", "BT204", "BT309", "BT602")
def draw_without_gradient(script: Script) -> Iterator[Mutation | None]:
    """A draw that lets no gradient through."""
    for call in script.calls("rsample"):
        if isinstance(call.func, ast.Attribute):
            text = f"{script.text(call.func.value)}.sample()"
            yield script.apply(script.replace(call, text), also=("backward",))


@operator("constant terms", "BT301", "BT411", "BT408", "BT601", "BT407", "BT602")
def loss_minus_itself(script: Script) -> Iterator[Mutation | None]:
    """What goes backward is always one, and has no gradient to speak of."""
    for node, loss in _losses(script):
        text = f"{loss} = torch.exp({loss} - {loss})"
        yield script.apply(script.before(node, text), also=("backward", "step"))


@operator("constant terms", "BT414", "BT408")
def ratio_always_one(script: Script) -> Iterator[Mutation | None]:
    """A ratio to what was kept is taken to what was just computed."""
    for call in script.calls("exp"):
        if len(call.args) == 1 and isinstance(call.args[0], ast.BinOp):
            value = call.args[0]
            if isinstance(value.op, ast.Sub):
                text = f"({script.text(value.left)}).detach()"
                yield script.apply(script.replace(value.right, text), also=("backward",))


@operator("constant terms", "BT301", "BT411", "BT601", "BT602")
def loss_times_zero(script: Script) -> Iterator[Mutation | None]:
    """The loss has the weight zero."""
    for node, loss in _losses(script):
        yield script.apply(script.before(node, f"{loss} = 0 * {loss}"), also=("backward", "step"))


@operator("modes", "BT305")
def left_in_evaluation(script: Script) -> Iterator[Mutation | None]:
    """The model is trained in evaluation mode."""
    for node in script.call_statements("train"):
        if script.loops(node):
            text = script.text(node).replace(".train()", ".eval()")
            yield script.apply(script.replace(node, text), also=("backward", "step"))


# Beside these the call that is missing should stand.
_BESIDE = ("train", "requires_grad_", "backward", "step")


@operator("modes", "BT308")
def frozen_in_training_mode(script: Script) -> Iterator[Mutation | None]:
    """A frozen part that has batch norm goes on counting."""
    for node in script.call_statements("eval"):
        if "requires_grad_(False)" in script.source and not script.loops(node):
            yield script.apply(script.drop(node), also=_BESIDE)
