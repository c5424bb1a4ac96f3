"""Loops that move the parameters of a model towards another's, and where the model is called."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.bound_calls import Named
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, names_in, word_set
from backtrace.recording.source.walks import own_nodes, walk

_OF_PARAMETERS = word_set("parameters named_parameters")
_STATES = word_set("state_dict load_state_dict buffers named_buffers")
_WRITES = word_set("copy_ mul_ add_ lerp_ sub_ set_")
_MOST = 8  # lines in which one model is called


def find_followed_parameters(scope: Scope) -> Iterator[Slip]:
    """Give each loop `for p, t in zip(source.parameters(), target.parameters())` that writes to t.

    `every` is a line in which the target is called: only a run tells that it has parameters. What
    is read or loaded by its whole state may move by that.
    """
    for loop in scope.nodes():
        if not isinstance(loop, ast.For):
            continue
        written = _written_in(loop)
        for names, model in _zipped(loop):
            if names & written and not _moves_otherwise(scope.tree, called_name(model)):
                for line in _called_at(scope.tree, called_name(model)):
                    name = ast.unparse(model)[:LONGEST]
                    yield Slip(loop.lineno, "parameters-followed", name, every=line)


def _zipped(loop: ast.For) -> Iterator[tuple[set[str], Named]]:
    """Give the models whose parameters a loop goes through beside others, with its names."""
    match loop.iter, loop.target:
        case ast.Call(func=ast.Name(id="zip"), args=args), ast.Tuple(elts=elts) if len(args) > 1:
            for part, name in zip(args, elts, strict=False):
                match part:
                    case ast.Call(
                        func=ast.Attribute(value=ast.Name() | ast.Attribute() as model, attr=attr)
                    ) if attr in _OF_PARAMETERS:
                        yield names_in(name), model


def _written_in(loop: ast.For) -> set[str]:
    """Return the names of what a loop writes to in place, or as `p.data = …`."""
    found: set[str] = set()
    for node in own_nodes(loop):
        match node:
            case ast.Call(func=ast.Attribute(value=owner, attr=attr)) if attr in _WRITES:
                found |= names_in(owner)
            case ast.Attribute(value=owner, attr="data", ctx=ast.Store()):
                found |= names_in(owner)
    return found


def _moves_otherwise(tree: ast.Module, name: str) -> bool:
    """Whether a model of this name is given values by more than its parameters."""
    for node in walk(tree):
        match node:
            case ast.Attribute(value=owner, attr=attr) if called_name(owner) == name:
                if attr in _STATES:
                    return True
    return False


def _called_at(tree: ast.Module, name: str) -> list[int]:
    """Return the lines in which something of this name is called."""
    lines = (
        node.lineno
        for node in walk(tree)
        if isinstance(node, ast.Call) and called_name(node.func) == name
    )
    return sorted(set(lines))[:_MOST]
