"""Lines that write over what a line before made, and nothing has read: of it nothing is left."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from backtrace.recording.source.loops.idle_statements import IdleStatement
from backtrace.recording.source.slip import LONGEST
from backtrace.recording.source.source_file import Scope, called_name, names_in, word_set, words_of
from backtrace.recording.source.walks import walk

_LOSSES = word_set("loss losses")
_JUMPS = ast.Break | ast.Continue | ast.Return | ast.Raise | ast.Yield | ast.YieldFrom
# What a call does besides giving a loss: its first may be meant for that alone.
_DOERS = word_set("step update train training fit learn optimize optimise run epoch backward do")
# What makes a number or a tensor to begin with.
_MAKERS = word_set("zeros zeros_like tensor full ones empty new_zeros as_tensor float int")


def find_overwritten_values(scope: Scope) -> Iterator[IdleStatement]:
    """Give each line that writes over a loss, or over what the line before made of the same name.

    A loss counts where a backward starts from it later, or it is returned. Of other values, a line
    counts which does to `b` what that before it does to `a`, and gives it to `a` as well.
    """
    if scope.reads_all:
        return
    for block in scope.blocks:
        for at, node in enumerate(block):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    again = _find_next(name, block[at + 1 :])
                    if again is None or scope.is_read_inside(name):
                        continue
                    text = ast.unparse(again)[:LONGEST]
                    if _are_losses(name, value, again.value) and _is_trained(name, scope):
                        yield IdleStatement(again.lineno, text, "overwritten", name)
                    elif meant := _meant_by(name, value, again, scope):
                        yield IdleStatement(again.lineno, text, "misgiven", meant)


def _find_next(name: str, following: Sequence[ast.stmt]) -> ast.Assign | None:
    """Return the line that gives a name its next value, if nothing can read the one it has."""
    for node in following:
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                return None if name in names_in(value) else node
        if name in names_in(node) or any(isinstance(each, _JUMPS) for each in walk(node)):
            return None
    return None


def _are_losses(name: str, *values: ast.expr) -> bool:
    """Whether all of them compute a loss of something, and do nothing else that is known."""
    return bool(words_of(name) & _LOSSES) and all(map(_computes, values))


def _computes(value: ast.expr) -> bool:
    called = [called_name(each.func) for each in walk(value) if isinstance(each, ast.Call)]
    if not called or any(words_of(each) & _DOERS for each in called):
        return False
    return bool(called[0]) and called[0][0].islower() and called[0] not in _MAKERS


def _is_trained(name: str, scope: Scope) -> bool:
    """Whether a backward starts from it, or a function returns it."""
    for node in scope.nodes():
        match node:
            case ast.Call(func=ast.Attribute(value=owner, attr="backward"), args=args):
                if any(isinstance(each, ast.Name) and each.id == name for each in (owner, *args)):
                    return True
            case ast.Return(value=ast.expr() as value) if name in names_in(value):
                return True
    return False


def _is_same_call(one: ast.expr, other: ast.expr) -> bool:
    match one, other:
        case ast.Call(func=func, args=args), ast.Call(func=again, args=others):
            is_same = ast.unparse(func) == ast.unparse(again)
            return is_same and len(args) == len(others) > 0
    return False


def _meant_by(name: str, value: ast.expr, again: ast.Assign, scope: Scope) -> str:
    """Return what the line was to give its value to, by what it is made of; '' if it is not known.

    That goes on as it was: it is read further down, and nothing writes it.
    """
    own, others = names_in(value), names_in(again.value)
    if name not in own or len(others - own) != 1 or own - others != {name}:
        return ""
    if not _is_same_call(value, again.value):
        return ""
    (other,) = others - own
    later = [
        node.ctx
        for node in scope.nodes()
        if isinstance(node, ast.Name) and node.id == other and node.lineno > again.lineno
    ]
    is_written = any(not isinstance(each, ast.Load) for each in later)
    return other if later and not is_written else ""
