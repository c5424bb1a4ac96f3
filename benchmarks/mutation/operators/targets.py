"""Operators on tensors on their way: targets, masks, augmentation, axes and numerical guards."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mutation.operator import operator
from mutation.script import Mutation, Script, keyword, name_of

_OVER_AN_AXIS = ("softmax", "log_softmax", "normalize", "Softmax", "LogSoftmax")


@operator("data", "BT448")
def targets_in_another_order(script: Script) -> Iterator[Mutation | None]:
    """Targets are shuffled apart from the inputs that they belong to."""
    for call in script.calls("TensorDataset"):
        if len(call.args) == 2:
            text = script.text(call.args[1])
            other = f"({text})[torch.randperm(len({text}))]"
            yield script.apply(script.replace(call.args[1], other), also=("backward",))
    for node in ast.walk(script.tree):
        if isinstance(node, ast.Call) and len(node.args) > 1 and _is_loss(script, node):
            target = node.args[1]
            if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Name):
                name = target.slice.id
                if any(_goes_through(loop, name) for loop in script.loops(node)):
                    edit = script.replace(target.slice, f"{name}[torch.randperm(len({name}))]")
                    yield script.apply(edit, also=("backward",))


def _is_loss(script: Script, call: ast.Call) -> bool:
    func = script.text(call.func)
    return any(word in func for word in ("loss", "entropy", "criterion", "pinball"))


def _goes_through(loop: ast.For | ast.While, name: str) -> bool:
    """Whether a loop gives a name to one batch after the other."""
    target = loop.target if isinstance(loop, ast.For) else None
    return isinstance(target, ast.Name) and target.id == name


@operator("data", "BT436")
def targets_not_shifted(script: Script) -> Iterator[Mutation | None]:
    """The next token is to be predicted, but each token is its own target."""
    cut = [node for node in ast.walk(script.tree) if isinstance(node, ast.Subscript)]
    texts = {script.text(node) for node in cut}
    for node in cut:
        text = script.text(node)
        given = text.replace("[:, 1:]", "[:, :-1]")
        if text.endswith("[:, 1:]") and given in texts:
            yield script.apply(script.replace(node, given), also=("cross_entropy", "backward"))


@operator("data", "BT431", "BT422", "BT501")
def mask_inverted(script: Script) -> Iterator[Mutation | None]:
    """What is to be kept is masked, and what is to be masked is kept."""
    for call in script.calls("masked_fill", "masked_fill_"):
        if len(call.args) == 2:
            text = script.text(call.args[0])
            edit = script.replace(call.args[0], f"~({text})")
            yield script.apply(edit, also=("masked_fill", "masked_fill_"))


@operator("data", "BT450")
def flip_the_inputs_alone(script: Script) -> Iterator[Mutation | None]:
    """Inputs are mirrored, and their targets stay as they were."""
    flips: dict[int, list[ast.Call]] = {}
    for call in script.calls("flip"):
        flips.setdefault(id(script.block(script.statement(call))), []).append(call)
    for calls in flips.values():
        last = max(calls, key=lambda each: (each.lineno, each.col_offset))
        if len(calls) > 1:
            statement = script.statement(last)
            is_whole = isinstance(statement, ast.Assign) and statement.value is last
            whole = script.drop(statement)
            edit = whole if is_whole else script.replace(last, _receiver(script, last))
            yield script.apply(edit, also=("flip", "backward"))


@operator("data", "BT501")
def guard_dropped(script: Script) -> Iterator[Mutation | None]:
    """Nothing keeps a number away from zero that is divided by or of which a log is taken."""
    for part in _delicate(script):
        for node in ast.walk(part):
            guarded = _guarded(script, node)
            if guarded and isinstance(node, ast.expr):
                yield script.apply(script.replace(node, guarded), also=("backward",))


def _delicate(script: Script) -> Iterator[ast.expr]:
    """Give what stands below a fraction, or in a log or root."""
    for node in ast.walk(script.tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            yield node.right
        elif isinstance(node, ast.Call) and name_of(node) in ("log", "sqrt", "rsqrt"):
            yield from node.args
            if isinstance(node.func, ast.Attribute):
                yield node.func.value


def _guarded(script: Script, node: ast.AST) -> str:
    """Return what a guard protects, where a node is one."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        tiny = node.right.value if isinstance(node.right, ast.Constant) else None
        return script.text(node.left) if isinstance(tiny, float) and tiny <= 1e-4 else ""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        is_floor = name_of(node) == "clamp" and keyword(node, "min") and len(node.keywords) == 1
        return _receiver(script, node) if is_floor or name_of(node) == "clamp_min" else ""
    return ""


def _receiver(script: Script, call: ast.Call) -> str:
    """Return what a method is called of, in its brackets if it has some."""
    return script.text(call.func).rpartition(".")[0]


@operator("data", "BT443", "BT428", "BT469", "BT617")
def normalised_over_the_batch(script: Script) -> Iterator[Mutation | None]:
    """The rows of a batch, not the entries of each row, are brought to a sum or length of one."""
    for call in script.calls(*_OVER_AN_AXIS):
        given = keyword(call, "dim")
        is_function = script.text(call.func).startswith(("F.", "torch.", "nn."))
        place = 1 if is_function and name_of(call)[0].islower() else 0
        axis = given.value if given else next(iter(call.args[place:]), None)
        if axis is not None:
            yield script.apply(script.replace(axis, "0"), also=("backward",))
