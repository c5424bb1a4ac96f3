"""Operators on losses: their arguments, their signs, their terms and what is taken into them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mutation.operator import operator
from mutation.script import Mutation, Script, keyword, name_of

_OF_CLASSES = ("cross_entropy", "nll_loss", "CrossEntropyLoss", "NLLLoss")
_BINARY = {
    "binary_cross_entropy_with_logits": "cross_entropy",
    "BCEWithLogitsLoss": "CrossEntropyLoss",
}


def _arguments(script: Script, call: ast.Call, *without: str) -> list[str]:
    named = [each for each in call.keywords if each.arg not in without]
    return [script.text(each) for each in [*call.args, *named]]


def _losses(script: Script) -> Iterator[ast.Assign]:
    """Give the statements of a loop that name a loss."""
    for node in script.statements:
        if isinstance(node, ast.Assign) and script.loops(node):
            target = node.targets[0]
            if isinstance(target, ast.Name) and "loss" in target.id.lower():
                yield node


@operator("losses", "BT527", "BT404", "BT501")
def kl_arguments_swapped(script: Script) -> Iterator[Mutation | None]:
    """The divergence is given the target first and what the network says second."""
    for call in script.calls("kl_div", "kl_divergence"):
        if len(call.args) == 2:
            first, second = call.args
            edits = (
                script.replace(first, script.text(second)),
                script.replace(second, script.text(first)),
            )
            yield script.apply(*edits, also=(name_of(call),))


@operator("losses", "BT404")
def log_forgotten(script: Script) -> Iterator[Mutation | None]:
    """A loss that expects log-probabilities is given probabilities."""
    for call in script.calls("log_softmax", "LogSoftmax"):
        func = script.text(call.func)
        if isinstance(call.func, ast.Attribute):
            text = func.replace("log_softmax", "softmax").replace("LogSoftmax", "Softmax")
            yield script.apply(script.replace(call.func, text), also=("nll_loss", "kl_div"))


@operator("losses", "BT430", "BT461", "BT427", "BT473")
def lost_minus(script: Script) -> Iterator[Mutation | None]:
    """What is to grow has lost its minus, so that the training makes it small."""
    for statement in _losses(script):
        for node in ast.walk(statement.value):
            if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
                if isinstance(node.operand, ast.Constant):
                    continue
                text = script.text(node)[1:]
                yield script.apply(script.replace(node, text), also=("backward",))


@operator("losses", "BT482")
def ignore_a_real_class(script: Script) -> Iterator[Mutation | None]:
    """The loss ignores class 0, which is a class like the others."""
    for call in script.calls(*_OF_CLASSES):
        if not keyword(call, "ignore_index"):
            arguments = [*_arguments(script, call), "ignore_index=0"]
            text = f"{script.text(call.func)}({', '.join(arguments)})"
            yield script.apply(script.replace(call, text), also=(name_of(call), "criterion"))


@operator("losses", "BT411", "BT460")
def cross_entropy_for_binary(script: Script) -> Iterator[Mutation | None]:
    """Logits that each answer yes or no go through the softmax of exclusive classes."""
    for call in script.calls(*_BINARY):
        arguments = _arguments(script, call, "pos_weight")
        func = script.text(call.func).replace(name_of(call), _BINARY[name_of(call)])
        text = f"{func}({', '.join(arguments)})"
        also = (_BINARY[name_of(call)], "criterion")
        yield script.apply(script.replace(call, text), also=also)


@operator("losses", "BT555", "BT204")
def term_forgotten(script: Script) -> Iterator[Mutation | None]:
    """A term of the loss is computed and then not added."""
    for statement in _losses(script):
        for node in ast.walk(statement.value):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
                kept = script.text(node.left)
                if _is_spare(script, node.right):
                    yield script.apply(script.replace(node, kept), also=("backward",))
                if isinstance(node.op, ast.Add) and _is_spare(script, node.left):
                    kept = script.text(node.right)
                    yield script.apply(script.replace(node, kept), also=("backward",))


def _is_spare(script: Script, term: ast.expr) -> bool:
    """Whether a term stands for one that was computed before it and is used nowhere else."""
    named = {each.id for each in ast.walk(term) if isinstance(each, ast.Name)}
    block = script.block(script.statement(term))
    targets = [each.targets[0] for each in block if isinstance(each, ast.Assign)]
    computed = named & {each.id for each in targets if isinstance(each, ast.Name)}
    loads = [
        node.id
        for node in ast.walk(script.tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    ]
    return bool(computed) and all(loads.count(name) == 1 for name in computed)


@operator("losses", "BT539")
def only_the_last_term(script: Script) -> Iterator[Mutation | None]:
    """A loss that a loop sums up is overwritten by each term, so that the last one remains."""
    for node in script.statements:
        name, term = _summed(node)
        if "loss" in name and term and script.loops(node) and ".item()" not in script.text(term):
            text = f"{name} = {script.text(term)}"
            yield script.apply(script.replace(node, text), also=("backward",))


def _summed(node: ast.stmt) -> tuple[str, ast.expr | None]:
    """Return the name of a sum and what is added to it, for `a = a + b` and `a += b`."""
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add):
        return (node.target.id, node.value) if isinstance(node.target, ast.Name) else ("", None)
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Name) and isinstance(value.left, ast.Name):
            is_sum = isinstance(value.op, ast.Add) and target.id == value.left.id
            return (target.id, value.right) if is_sum else ("", None)
    return "", None


@operator("losses", "BT553")
def max_for_the_action_taken(script: Script) -> Iterator[Mutation | None]:
    """The best action's value stands in for the value of the action that was taken."""
    for call in script.calls("gather"):
        if len(call.args) == 2:
            values = script.text(call.func).removesuffix(".gather")
            axis, index = (script.text(each) for each in call.args)
            if "action" in index and values != "torch":
                best = f"{values}.max({axis}, keepdim=True).values"
                yield script.apply(script.replace(call, best), also=("backward",))
