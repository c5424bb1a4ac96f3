"""Accelerators that are not told the number of batches that a script means to accumulate."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name
from backtrace.recording.source.walks import walk

_OPTIONS = frozenset({"gradient_accumulation_steps", "gradient_accumulation_plugin"})
# What may tell it of a number, too: a plugin that has one in its own configuration.
_PLUGINS = frozenset({"deepspeed_plugin", "deepspeed_plugins", "megatron_lm_plugin"})


def find_ungiven_windows(scope: Scope) -> Iterator[Slip]:
    """Give each Accelerator that is to accumulate and was given no number, though there is one.

    That is a number above one that the file calls so: a variable, a key, a field or a default.
    """
    made = [
        (target, node.value)
        for node in scope.nodes()
        if isinstance(node, ast.Assign) and _is_made_bare(node.value)
        for target in node.targets
    ]
    if not made:
        return
    accumulating = {
        ast.unparse(node.func.value)
        for node in walk(scope.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "accumulate"
    }
    is_told = any(
        isinstance(node, ast.Attribute)
        and node.attr in _OPTIONS
        and isinstance(node.ctx, ast.Store)
        for node in walk(scope.tree)
    )
    number = next(_numbers(scope.tree), "")
    for target, call in made:
        if ast.unparse(target) in accumulating and number and not is_told:
            yield Slip(call.lineno, "window", ast.unparse(target), number)


def _is_made_bare(node: ast.expr) -> bool:
    """Whether an Accelerator is made by names of options that are plain, without a number."""
    if not isinstance(node, ast.Call) or called_name(node.func) != "Accelerator":
        return False
    given = {each.arg for each in node.keywords}  # of `**options`, None
    return len(node.args) < 4 and not given & (_OPTIONS | _PLUGINS | {None})


def _numbers(tree: ast.Module) -> Iterator[str]:
    """Give what is called a number of batches to accumulate, and is above one."""
    for node in walk(tree):
        match node:
            case ast.Assign(targets=[target], value=value):
                pairs = [(_name_of(target), value)]
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                pairs = [(_name_of(target), value)]
            case ast.Dict(keys=keys, values=values):
                pairs = [(_name_of(key), value) for key, value in zip(keys, values, strict=True)]
            case ast.Call(func=func, args=args, keywords=keywords):
                named = {each.arg: each.value for each in keywords}
                pairs = [(name or "", value) for name, value in named.items()]
                if called_name(func) in ("add_argument", "option") and "default" in named:
                    pairs += [(_name_of(each), named["default"]) for each in args]
            case _:
                continue
        for name, value in pairs:
            if _is_of_window(name) and _is_above_one(value):
                yield name


def _name_of(node: ast.expr | None) -> str:
    match node:
        case ast.Constant(value=str() as text):
            return text.lstrip("-").replace("-", "_")
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _is_of_window(name: str) -> bool:
    """Whether a name is that of a number of batches: `grad_accum`, `ACCUMULATION_STEPS`."""
    words = name.lower().split("_")
    is_window = any(each.startswith("accum") for each in words)
    return is_window and bool({"grad", "gradient", "gradients", "steps", "step"} & set(words))


def _is_above_one(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=bool()):
            return False
        case ast.Constant(value=int() as number):
            return number > 1
    return False
