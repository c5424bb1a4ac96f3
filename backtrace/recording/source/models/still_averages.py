"""Averages of a model that nothing updates, or whose new values go where nobody reads them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    parents_in,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import Function, walk

# The method that renews the averages of libraries.
_RENEWED_BY = {
    "AveragedModel": "update_parameters",
    "EMAModel": "step",
    "EMA": "update",
    "ExponentialMovingAverage": "update",
    "ModelEma": "update",
    "ModelEMA": "update",
    "ModelEmaV2": "update",
    "ModelEmaV3": "update",
}
_USES = word_set(
    "apply apply_shadow restore store copy_to average_parameters module model ema ema_model shadow "
    "shadow_params averaged_model state_dict eval train to cuda cpu requires_grad_ parameters "
    "save_pretrained"
)
_ASKED = word_set(
    "evaluate eval evaluation test validate validation val sample generate predict score bn"
)
_WORDS = ("ema", "average", "shadow")  # in the name of a class
_READS = word_set("keys items values get")


def find_still_averages(scope: Scope) -> Iterator[Slip]:
    """Give what stays as it was made, with the method that nobody calls, and what is lost."""
    if isinstance(scope.node, ast.Module):
        yield from _find_still(scope)
    yield from _find_lost(scope)


def _find_still(scope: Scope) -> Iterator[Slip]:
    """Give each average that is made once and used, and that no use renews."""
    made: dict[str, list[tuple[ast.Assign, str]]] = {}
    for node in walk(scope.tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)], value=value):
                if not _is_none(value):
                    made.setdefault(name, []).append((node, _renewer(value, scope.tree)))
    for name, found in made.items():
        if len(found) == 1 and found[0][1]:
            uses = [_use_of(node, scope) for node in walk(scope.tree) if _reads(node, name)]
            if "asked" in uses and "other" not in uses:
                yield Slip(found[0][0].lineno, "still-average", name, found[0][1])


def _renewer(value: ast.expr, tree: ast.Module) -> str:
    """Return the method by which an average that is made here is renewed, '' of anything else."""
    match value:
        case ast.IfExp(body=made, orelse=other) if _is_none(other):
            return _renewer(made, tree)
        case ast.Call(func=ast.Name(id=kind) | ast.Attribute(attr=kind)) if (
            value.args or value.keywords
        ):
            if not any(word in kind.lower() for word in _WORDS):
                return ""
            own = [n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == kind]
            if not own:
                return _RENEWED_BY.get(kind, "")
            methods = [each.name for each in own[-1].body if isinstance(each, Function)]
            renew = [each for each in methods if words_of(each) & {"update", "step"}]
            # By itself; where another calls it, that is a use of the average.
            called = {
                each.attr
                for each in walk(tree)
                if isinstance(each, ast.Attribute) and _is_own(each.value)
            }
            return renew[0] if renew and not called & set(renew) else ""
    return ""


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _reads(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Name(id=own, ctx=ast.Load()) | ast.Attribute(attr=own, ctx=ast.Load()):
            return own == name
    return False


def _use_of(node: ast.AST, scope: Scope) -> str:
    """Return what is done with an average: "asked" for what it is, a harmless thing, or "other"."""
    parents = parents_in(scope.tree)
    parent = parents.get(id(node))
    match parent:
        case ast.Call(func=func) if func is node:
            return "asked"
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return _use_in_call(name)
        case ast.Compare(ops=[ast.Is() | ast.IsNot()], comparators=[other]) if _is_none(other):
            return "kept"
        case ast.If(test=test) | ast.IfExp(test=test) if test is node:
            return "kept"
        case ast.Attribute(attr=name) if name in _USES and not _is_written(parent, parents):
            return "kept" if name in ("to", "cuda", "cpu", "train", "requires_grad_") else "asked"
    return "other"


def _use_in_call(name: str) -> str:
    if name == "register_for_checkpointing":
        return "kept"
    return "asked" if words_of(name) & _ASKED else "other"


def _is_own(owner: ast.expr) -> bool:
    match owner:
        case ast.Name(id="self" | "cls") | ast.Call(func=ast.Name(id="super")):
            return True
    return False


def _is_written(part: ast.AST, parents: dict[int, ast.AST]) -> bool:
    """Whether a part of an average may be given new values by hand: in pairs, or by a state."""
    above = parents.get(id(part))
    while isinstance(above, ast.Attribute) or (isinstance(above, ast.Call) and above.func is part):
        if isinstance(above, ast.Attribute) and above.attr == "load_state_dict":
            return True
        part, above = above, parents.get(id(above))
    return isinstance(above, ast.Call) and called_name(above.func) == "zip"


def _find_lost(scope: Scope) -> Iterator[Slip]:
    """Give the first write to an item of a `state_dict()` that nobody takes up afterwards.

    Such a dict is made anew by each call: an item that is replaced is not the model's.
    """
    states: dict[str, str] = {}
    for node in scope.nodes():
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Attribute(value=model, attr="state_dict"), args=[]),
            ):
                states[name] = "" if name in states else ast.unparse(model)
            case ast.Assign(
                targets=[
                    ast.Subscript(
                        value=ast.Call(func=ast.Attribute(value=model, attr="state_dict"), args=[])
                    )
                ]
            ):
                yield Slip(node.lineno, "lost-write", ast.unparse(model)[:LONGEST])
                return
    if states:
        yield from _judge_states(scope, states)


def _judge_states(scope: Scope, states: dict[str, str]) -> Iterator[Slip]:
    parents = parents_in(scope.tree)
    writes: dict[str, int] = {}
    for node in scope.nodes():
        if not isinstance(node, ast.Name) or node.id not in states:
            continue
        match parents.get(id(node)):
            case ast.Subscript(ctx=ast.Store()) as place:
                if isinstance(parents.get(id(place)), ast.Assign):
                    writes.setdefault(node.id, node.lineno)
            case ast.Subscript() | ast.For():
                pass
            case ast.Attribute(attr=name) if name in _READS:
                pass
            case ast.Assign() if isinstance(node.ctx, ast.Store):
                pass
            case _:
                states[node.id] = ""
    for name, line in writes.items():
        if states[name] and not scope.is_read_inside(name):
            yield Slip(line, "lost-write", states[name][:LONGEST])
