"""Operators on networks and what updates them: layers, states, modes, schedules, averages."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mutation.operator import operator
from mutation.script import Mutation, Script, keyword, name_of

_RECURRENT = ("GRU", "LSTM", "RNN", "GRUCell", "LSTMCell", "RNNCell")
_CLIPS = ("clip_grad_norm_", "clip_grad_value_")
_WITHOUT_OUTPUT = (
    *("images", "texts", "encoder", "features", "backbone", "stem"),
    *("generator", "target"),
)


def _optimizers(script: Script) -> Iterator[tuple[ast.Assign, ast.Call]]:
    """Give the statements that make an optimizer."""
    for node in script.statements:
        call = node.value if isinstance(node, ast.Assign) else None
        is_made = isinstance(call, ast.Call) and call.args and keyword(call, "lr")
        if isinstance(node, ast.Assign) and isinstance(call, ast.Call) and is_made:
            yield node, call


@operator("networks", "BT444")
def padding_idx_of_a_real_row(script: Script) -> Iterator[Mutation | None]:
    """Row 0 of a table, which stands for something, is declared padding and never learns."""
    for call in script.calls("Embedding"):
        if not keyword(call, "padding_idx"):
            text = f"{script.text(call)[:-1]}, padding_idx=0)"
            yield script.apply(script.replace(call, text), also=("Embedding",))


@operator("networks", "BT410", "BT480", "BT504")
def relu_on_the_output(script: Script) -> Iterator[Mutation | None]:
    """The output, which has to be free to be negative, goes through a ReLU."""
    for call in script.calls("Sequential"):
        last = call.args[-1] if call.args else call
        named = script.text(script.statement(call)).partition("=")[0]
        is_inner = any(word in named for word in _WITHOUT_OUTPUT)
        is_layer = isinstance(last, ast.Call) and name_of(last) in ("Linear", "Conv1d", "Conv2d")
        if is_layer and not is_inner:
            edit = script.replace(last, f"{script.text(last)}, nn.ReLU()")
            yield script.apply(edit, also=("backward",))
    for call in script.calls("head"):
        if script.is_in_class(call):
            yield script.apply(script.replace(call, f"{script.text(call)}.relu()"), also=("head",))


@operator("networks", "BT303", "BT201", "BT221")
def plain_tensor_for_parameter(script: Script) -> Iterator[Mutation | None]:
    """What is to be learned is a tensor like any other, which no optimizer gets to see."""
    for call in script.calls("Parameter"):
        if len(call.args) == 1:
            yield script.apply(script.replace(call, script.text(call.args[0])))


@operator("networks", "BT437")
def state_not_passed(script: Script) -> Iterator[Mutation | None]:
    """A recurrent network starts from zeros each time; the state it is to go on from is lost."""
    made = {
        script.text(node.targets[0])
        for node in script.statements
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and name_of(node.value) in _RECURRENT
    }
    for node in ast.walk(script.tree):
        if isinstance(node, ast.Call) and script.text(node.func) in made and len(node.args) == 2:
            text = f"{script.text(node.func)}({script.text(node.args[0])})"
            yield script.apply(script.replace(node, text))


@operator("networks", "BT618", "BT505", "BT504", "BT502")
def standard_normal_init(script: Script) -> Iterator[Mutation | None]:
    """All parameters are drawn with deviation one, whatever the width of their layer."""
    trained = " ".join(script.text(call) for _, call in _optimizers(script))
    for node in script.statements:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        is_narrow = any(f"Linear({width}," in script.text(node) for width in (1, 2))
        if not isinstance(target, ast.Name) or is_narrow or script.loops(node):
            continue
        if f"{target.id}.parameters()" in trained:
            loop = f"for weight in {target.id}.parameters():\n    nn.init.normal_(weight)"
            yield script.apply(script.after(node, loop), also=("backward",))


@operator("modes", "BT463", "BT308")
def frozen_in_train_mode(script: Script) -> Iterator[Mutation | None]:
    """A network that only answers was never put into evaluation mode, so it drops and drifts."""
    trains = [call.lineno for call in script.calls("backward")]
    for node in script.call_statements("eval"):
        is_before = any(line > node.lineno for line in trains)
        if is_before and not script.loops(node):
            name = script.text(node).removesuffix(".eval()")
            yield script.apply(script.drop(node), also=(name,))


@operator("schedules", "BT517")
def lambda_gives_the_rate(script: Script) -> Iterator[Mutation | None]:
    """The lambda gives the rate itself where a factor of the rate is asked for."""
    rates = {
        script.text(node.targets[0]): script.text(given.value)
        for node, call in _optimizers(script)
        if (given := keyword(call, "lr"))
    }
    for call in script.calls("LambdaLR"):
        for each in ast.walk(call):
            if isinstance(each, ast.Lambda) and script.text(call.args[0]) in rates:
                rate = rates[script.text(call.args[0])]
                edit = script.replace(each.body, f"{rate} * ({script.text(each.body)})")
                yield script.apply(edit, also=("LambdaLR",))


@operator("clipping", "BT112", "BT435")
def clip_used_up_parameters(script: Script) -> Iterator[Mutation | None]:
    """The optimizer has used up the generator of parameters, and nothing is left to clip."""
    for call in script.calls(*_CLIPS):
        for node, made in _optimizers(script):
            taken = script.text(made.args[0])
            if taken.endswith(".parameters()") and script.text(call.args[0]) == taken:
                edits = (
                    script.before(node, f"weights = {taken}"),
                    script.replace(made.args[0], "weights"),
                    script.replace(call.args[0], "weights"),
                )
                yield script.apply(*edits, also=_CLIPS)


@operator("averages", "BT462")
def average_the_wrong_way(script: Script) -> Iterator[Mutation | None]:
    """The average keeps the small share of itself and takes the large one of the new weights."""
    for call in script.calls("lerp_"):
        if len(call.args) == 2:
            edit = script.replace(call.args[1], f"1 - {script.text(call.args[1])}")
            yield script.apply(edit)
    for call in script.calls("add_"):
        inner = call.func.value if isinstance(call.func, ast.Attribute) else call
        share = keyword(call, "alpha")
        if isinstance(inner, ast.Call) and name_of(inner) == "mul_" and share:
            kept = inner.args[0]
            edits = (
                script.replace(kept, script.text(share.value)),
                script.replace(share.value, script.text(kept)),
            )
            yield script.apply(*edits)


@operator("checkpoints", "BT217")
def load_nothing_unstrictly(script: Script) -> Iterator[Mutation | None]:
    """A prefix makes a checkpoint's names other than the network's, so that nothing is loaded."""
    for call in script.calls("load_state_dict"):
        func = script.text(call.func)
        if len(call.args) == 1 and "optim" not in func and "sched" not in func:
            state = f"{script.text(call.args[0])}.items()"
            state = f'{{f"module.{{name}}": value for name, value in {state}}}'
            text = f"{func}({state}, strict=False)"
            yield script.apply(script.replace(call, text), also=("load_state_dict",))
