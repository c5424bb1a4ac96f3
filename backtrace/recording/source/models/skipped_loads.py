"""Lines that would load an optimizer's state from a checkpoint, under a question about either."""

from __future__ import annotations

import ast

from backtrace.recording.source.source_file import (
    OPTIMIZER_WORDS,
    Scope,
    read_scopes,
    words_of,
)
from backtrace.recording.source.walks import walk


def find_guarded_load(path: str, line: int) -> int:
    """Return the line that loads an optimizer's state from what `line` reads; 0 if none does so.

    It stands below in the same function, under an `if` that asks after the optimizer or the
    checkpoint and nothing else: what the user leaves out on purpose hangs on an option.
    """
    for scope in read_scopes(path):
        for node in scope.statements():
            if isinstance(node, ast.Assign) and node.lineno <= line <= (node.end_lineno or 0):
                names = [each.id for each in node.targets if isinstance(each, ast.Name)]
                if names:
                    return _find_below(scope, names[0], line)
    return 0


def _find_below(scope: Scope, checkpoint: str, line: int) -> int:
    for guard in scope.statements():
        if isinstance(guard, ast.If) and guard.lineno > line and _asks_after(guard, checkpoint):
            for node in walk(ast.Module(guard.body, [])):
                if isinstance(node, ast.Call) and _loads(node, checkpoint):
                    return node.lineno
    return 0


def _asks_after(guard: ast.If, checkpoint: str) -> bool:
    """Whether a condition speaks of the optimizer or of the checkpoint only."""
    read = [x for x in walk(guard.test) if isinstance(x, ast.Attribute | ast.Name)]
    inner = {id(x.value) for x in read if isinstance(x, ast.Attribute)}
    names = [_last_name(x) for x in read if id(x) not in inner]
    known = {checkpoint, "hasattr", "self", "isinstance"}
    return bool(names) and all(x in known or words_of(x) & OPTIMIZER_WORDS for x in names)


def _loads(node: ast.Call, checkpoint: str) -> bool:
    """Whether a call is `optimizer.load_state_dict(checkpoint[...])`."""
    match node.func:
        case ast.Attribute(value=ast.Attribute() | ast.Name() as owner, attr="load_state_dict"):
            is_optimizer = bool(words_of(_last_name(owner)) & OPTIMIZER_WORDS)
            given = (x.id for arg in node.args for x in walk(arg) if isinstance(x, ast.Name))
            return is_optimizer and checkpoint in given
    return False


def _last_name(node: ast.Attribute | ast.Name) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id
