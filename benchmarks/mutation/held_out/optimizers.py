"""Operators on optimizers, on what sets their rates, and on networks that follow another."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mutation.operator import operator
from mutation.script import Mutation, Script, keyword, name_of

_OPTIMIZERS = ("SGD", "Adam", "AdamW", "RMSprop")
_ADAMS = ("Adam", "AdamW")
_SCHEDULES = ("StepLR", "MultiStepLR", "CosineAnnealingLR", "LambdaLR", "OneCycleLR")


@operator("optimizer arguments", "BT523", "BT320", "BT595")
def momentum_given_as_decay(script: Script) -> Iterator[Mutation | None]:
    """The 0.9 that was meant for momentum is given as weight decay, which pulls weights to zero."""
    for call in script.calls("SGD"):
        given = keyword(call, "momentum")
        if given and not keyword(call, "weight_decay"):
            text = f"weight_decay={script.text(given.value)}"
            yield script.apply(script.replace(given, text))


@operator("optimizer arguments", "BT320", "BT595")
def betas_swapped(script: Script) -> Iterator[Mutation | None]:
    """The decay of the squares stands where that of the gradients belongs, and the reverse."""
    for call in script.calls(*_ADAMS):
        given = keyword(call, "betas")
        if given is None:
            text = script.text(call)[:-1].rstrip().rstrip(",")
            yield script.apply(script.replace(call, f"{text}, betas=(0.999, 0.9))"))
        elif isinstance(given.value, ast.Tuple) and len(given.value.elts) == 2:
            first, second = map(script.text, given.value.elts)
            yield script.apply(script.replace(given, f"betas=({second}, {first})"))


@operator("schedule", "BT516", "BT514", "BT582", "BT525")
def schedule_made_every_pass(script: Script) -> Iterator[Mutation | None]:
    """Each pass makes a new schedule, which starts over and never gets beyond its first steps."""
    for made, _ in script.assigned_calls(*_SCHEDULES):
        name = script.text(made.targets[0])
        for node in script.call_statements("step"):
            loops = script.loops(node)
            if loops and script.text(node).startswith(f"{name}.") and not script.loops(made):
                again = script.before(loops[-1].body[0], script.text(made))
                yield script.apply(script.drop(made), again, also=_SCHEDULES)


@operator("schedule", "BT446", "BT525")
def schedule_named_not_called(script: Script) -> Iterator[Mutation | None]:
    """The schedule's step lacks its parentheses: it is named, and the rate never changes."""
    for node in script.call_statements("step"):
        call = node.value
        if isinstance(call, ast.Call) and "sched" in script.text(call.func):
            yield script.apply(script.replace(node, script.text(call.func)))


@operator("schedule", "BT520")
def rate_set_in_a_copy(script: Script) -> Iterator[Mutation | None]:
    """New rates are written into the groups of a state dict, a copy that nothing steps with."""
    for node in script.statements:
        groups = node.iter if isinstance(node, ast.For) else None
        if isinstance(groups, ast.Attribute) and groups.attr == "param_groups":
            text = f'{script.text(groups.value)}.state_dict()["param_groups"]'
            yield script.apply(script.replace(groups, text), also=("state_dict",))


@operator("held parameters", "BT202", "BT201")
def head_replaced_after_optimizer(script: Script) -> Iterator[Mutation | None]:
    """A new last layer is put in after the optimizer was made, which still holds the old one."""
    heads = dict(_heads(script))
    for made, call in script.assigned_calls(*_OPTIMIZERS):
        for name, text in heads.items():
            if f"{name}.parameters()" in script.text(call):
                yield script.apply(script.after(made, text), also=_OPTIMIZERS)


def _heads(script: Script) -> Iterator[tuple[str, str]]:
    """Give the names of networks and a line that makes the last layer of each one anew."""
    layers = dict(_layers_of_classes(script))
    for node in script.statements:
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        name, call = script.text(node.targets[0]), node.value
        if script.is_in_class(node) or not isinstance(node.targets[0], ast.Name):
            continue
        last = call.args[-1] if call.args else None
        is_linear = isinstance(last, ast.Call) and name_of(last) == "Linear"
        if name_of(call) == "Sequential" and last and is_linear:
            yield name, f"{name}[-1] = {script.text(last)}"
        elif name_of(call) in layers:
            attribute, text = layers[name_of(call)]
            yield name, f"{name}.{attribute} = {text}"


def _layers_of_classes(script: Script) -> Iterator[tuple[str, tuple[str, str]]]:
    """Give the classes whose head can be made anew outside: it needs no name of the class."""
    for owner in ast.walk(script.tree):
        if isinstance(owner, ast.ClassDef):
            for node in ast.walk(owner):
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                    target = node.targets[0]
                    names = {e.id for e in ast.walk(node.value) if isinstance(e, ast.Name)}
                    is_free = all(each == "nn" or each.isupper() for each in names)
                    is_head = isinstance(target, ast.Attribute) and target.attr == "head"
                    if is_free and is_head and name_of(node.value) == "Linear":
                        yield owner.name, ("head", script.text(node.value))


@operator("held parameters", "BT201", "BT202", "BT213", "BT204", "BT601", "BT104")
def optimizer_of_the_follower(script: Script) -> Iterator[Mutation | None]:
    """The optimizer holds the network that only follows, and nothing steps the trained one."""
    made = list(script.assigned_calls(*_OPTIMIZERS))
    held = "".join(script.text(call) for _, call in made)
    for node, call in made:
        if call.args and _owner(call.args[0], "parameters"):
            for follower, line in _followers(script):
                if line < node.lineno and f"{follower}.parameters()" not in held:
                    edit = script.replace(call.args[0], f"{follower}.parameters()")
                    yield script.apply(edit, also=("step",))


def _followers(script: Script) -> Iterator[tuple[str, int]]:
    """Give the names of copies of networks, and the line from which they are there."""
    found: dict[str, int] = {}
    for made, _ in script.assigned_calls("deepcopy"):
        if not script.loops(made):
            found.setdefault(script.text(made.targets[0]), made.lineno)
    for line, target, _ in _loads(script):
        found.setdefault(script.text(target), line)
    yield from found.items()


@operator("following networks", "BT214", "BT584")
def follower_renewed_from_itself(script: Script) -> Iterator[Mutation | None]:
    """The network that is to follow is given its own weights, so that it stays what it was."""
    for _, target, source in _loads(script):
        if script.loops(source):
            edit = script.replace(source, f"{script.text(target)}.state_dict()")
            yield script.apply(edit, also=("load_state_dict",))
    for loop in script.statements:
        pair = loop.iter if isinstance(loop, ast.For) and script.loops(loop) else None
        if isinstance(pair, ast.Call) and name_of(pair) == "zip":
            mine, theirs = pair.args[0], pair.args[-1]
            if _owner(mine, "parameters") and _owner(theirs, "parameters"):
                edit = script.replace(theirs, script.text(mine))
                yield script.apply(edit, also=("lerp_", "mul_", "add_"))


def _loads(script: Script) -> Iterator[tuple[int, ast.expr, ast.expr]]:
    """Give line, X and Y.state_dict() of each X.load_state_dict(Y.state_dict())."""
    for node in script.call_statements("load_state_dict"):
        call = node.value
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            source = call.args[0] if call.args else None
            if source and _owner(source, "state_dict"):
                yield node.lineno, call.func.value, source


def _owner(node: ast.AST, method: str) -> str:
    """Return X of the expression X.method(), '' of any other."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        owner = node.func.value
        return owner.id if node.func.attr == method and isinstance(owner, ast.Name) else ""
    return ""
