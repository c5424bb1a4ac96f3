"""Parts that are put into evaluation mode where a freeze is spoken of, and nothing freezes them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope
from backtrace.recording.source.walks import Function, own_nodes

_FREEZE = re.compile(r"(?<!un)fr(eez|ozen)|stop_\w*train|stop \w*( \w+)? ?training", re.IGNORECASE)
# What freezes in another way, and norms, whose statistics evaluation mode does freeze.
_OTHERWISE = re.compile(
    r"requires_grad|no_grad|detach|optim|group|\blr\b|norm|bn\b|_bn|dropout", re.IGNORECASE
)


def find_rested_for_frozen(scope: Scope) -> Iterator[Slip]:
    """Give each `x.eval()` of a function, or a branch, that says it freezes or ends a training."""
    for said, block in _blocks(scope.node):
        rested = [(each.lineno, part) for each in block if (part := _rested(each)) is not None]
        words = said() if rested else ""
        if not _FREEZE.search(words) or _OTHERWISE.search(words):
            continue
        if not any(_OTHERWISE.search(ast.unparse(each)) for each in block):
            yield from (Slip(line, "rested-for-frozen", ast.unparse(part)) for line, part in rested)


def _blocks(node: ast.AST) -> Iterator[tuple[Callable[[], str], Sequence[ast.stmt]]]:
    """Give the blocks that have a name or a condition, each with it and with what it prints."""
    if isinstance(node, Function):
        yield lambda: node.name, node.body
    for each in own_nodes(node):
        if isinstance(each, ast.If):
            yield partial(_said_by, each), each.body


def _said_by(branch: ast.If) -> str:
    return " ".join([ast.unparse(branch.test), *_texts(branch.body)])


def _texts(block: Sequence[ast.stmt]) -> Iterator[str]:
    for statement in block:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            yield from (ast.unparse(given) for given in statement.value.args)


def _rested(statement: ast.stmt) -> ast.expr | None:
    """Return what a statement puts into evaluation mode; None of any other."""
    match statement:
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=owner, attr="eval"), args=[], keywords=[])
            | ast.Call(
                func=ast.Attribute(value=owner, attr="train"), args=[ast.Constant(value=False)]
            )
        ):
            return owner
    return None
