"""States that are loaded into a model which nothing uses: its twin goes on as it was made."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.loops.idle_statements import IdleStatement
from backtrace.recording.source.source_file import (
    OPTIMIZERS,
    Scope,
    called_name,
    parents_in,
    word_set,
)

# Methods that make a model ready for what is to come, and are no use of it.
_READYING = word_set("load_state_dict eval train to cuda cpu float half double requires_grad_")


def find_unused_loads(scope: Scope) -> Iterator[IdleStatement]:
    """Give `old.load_state_dict(state)` of an `old` that is loaded, made ready, and no more.

    Another model that the same call made is used behind it.
    """
    loads = [node for node in scope.nodes() if isinstance(node, ast.Call) and _loaded(node)]
    if not loads or scope.reads_all:
        return
    made = _made_once(scope)
    for load in loads:
        name = _loaded(load)
        if name not in made or scope.is_read_inside(name) or not _is_only_readied(scope, name):
            continue
        loaded = {_loaded(each) for each in loads}
        twins = [each for each in made if each not in loaded and made[each] == made[name]]
        used = [each for each in twins if _is_used_behind(scope, each, load)]
        if len(used) == 1:
            yield IdleStatement(load.lineno, f"{name}.load_state_dict(…)", "unused", used[0])


def _loaded(call: ast.Call) -> str:
    """Return the name of the model that a call loads a state into; '' of other calls."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr="load_state_dict"):
            return name
    return ""


def _made_once(scope: Scope) -> dict[str, str]:
    """Return what a plain call makes and nothing else writes to, each with what is called."""
    stored: dict[str, int] = {}
    made: dict[str, str] = {}
    for node in scope.nodes():
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                stored[name] = stored.get(name, 0) + 1
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                made[name] = _maker(value)
    own = {name for name, maker in made.items() if maker and stored[name] == 1}
    return {name: made[name] for name in own if not _is_elsewhere(scope, name)}


def _is_elsewhere(scope: Scope, name: str) -> bool:
    found = scope.table.lookup(name)
    return found.is_nonlocal() or found.is_declared_global()


def _maker(value: ast.expr) -> str:
    """Return what makes a model: `Net` of `Net(8).to(device)`; all of a call of `nn.Sequential`.

    '' of an optimizer, and of what no call makes.
    """
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Call() as inner, attr=attr)):
            return _maker(inner) if attr in _READYING else ""
        case ast.Call(func=func) if called_name(func) not in OPTIMIZERS:
            return ast.unparse(value if called_name(func) == "Sequential" else func)
    return ""


def _is_only_readied(scope: Scope, name: str) -> bool:
    """Whether all that reads a name is a call of a method that makes it ready, thrown away."""
    parents = parents_in(scope.tree)
    for node in scope.nodes():
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            asked = parents[id(node)]
            call = parents[id(asked)]
            is_ready = isinstance(asked, ast.Attribute) and asked.attr in _READYING
            is_alone = isinstance(call, ast.Call) and isinstance(parents[id(call)], ast.Expr)
            if not (is_ready and is_alone):
                return False
    return True


def _is_used_behind(scope: Scope, name: str, load: ast.Call) -> bool:
    """Whether a model is called, or handed to a call, behind a load."""
    return any(
        isinstance(node, ast.Call)
        and node.lineno > (load.end_lineno or load.lineno)
        and any(isinstance(each, ast.Name) and each.id == name for each in (node.func, *node.args))
        for node in scope.nodes()
    )
