"""How a script collects what a policy does: one episode at a time, or on past their ends."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal

from backtrace.recording.source.source_file import (
    Scope,
    called_name,
    word_set,
    words_of,
)
from backtrace.recording.source.walks import own_nodes, walk

Collected = Literal["one", "on", ""]
_ENDS = word_set(
    "d done dones terminal terminals terminated term truncated trunc over finished ended"
)
_LETS_GO = word_set("clear")


def how_collected(scope: Scope) -> Collected:
    """Return whether a file leaves its loop where an episode ends, or begins another there.

    It is 'one' also where something else of the file's own is called at an end, which may compute
    returns there; '' where nothing is to be seen.
    """
    found = set(_how_each(scope))
    return "on" if "on" in found else "one" if "one" in found else ""


def goes_on_past_ends(scope: Scope) -> bool:
    """Whether a file steps several environments at once, or begins another episode at each end.

    Where it leaves a loop at an end as well, that may be the one that collects.
    """
    found = set(_how_each(scope))
    return "on" in found and ("one" not in found or any(map(_steps_several, walk(scope.tree))))


def _how_each(scope: Scope) -> Iterator[Collected]:
    for node in walk(scope.tree):
        match node:
            case ast.While(test=test) if _asks_for_end(test):
                yield "one"
            case ast.If(test=test) if _asks_for_end(test):
                inside = [part for each in node.body for part in (each, *own_nodes(each))]
                if any(isinstance(each, ast.Break | ast.Return) for each in inside):
                    yield "one"
                elif any(_called(each) == "reset" for each in inside):
                    yield "one" if any(_may_use(each, scope) for each in inside) else "on"
            case ast.IfExp(test=test, body=body) if _asks_for_end(test):
                if any(_called(each) == "reset" for each in walk(body)):
                    yield "on"
            case ast.Call() if _steps_several(node):
                yield "on"


def _steps_several(node: ast.AST) -> bool:
    match node:
        case ast.Call(
            func=ast.Attribute(
                value=ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self"), attr=name),
                attr="step",
            )
        ):
            return "envs" in words_of(name)
    return False


def _asks_for_end(test: ast.expr) -> bool:
    names = (each for each in walk(test) if isinstance(each, ast.Name | ast.Attribute))
    return any(
        words_of(each.id if isinstance(each, ast.Name) else each.attr) & _ENDS for each in names
    )


def _called(node: ast.AST) -> str:
    """Return the first word of what is called: `reset` of `env.reset_all()`."""
    return called_name(node.func).partition("_")[0] if isinstance(node, ast.Call) else ""


def _may_use(node: ast.AST, scope: Scope) -> bool:
    """Whether something done at an end may compute what came of the episode, or lets go of it."""
    match node:
        case ast.For() | ast.Assign(value=ast.List(elts=[])) | ast.Delete():
            return True
        case ast.Call(func=func):
            name = called_name(func)
            is_own = name in scope.defined and _called(node) != "reset"
            return is_own or name in _LETS_GO
    return False
