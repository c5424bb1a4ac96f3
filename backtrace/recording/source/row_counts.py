"""Of what a number in the source is the number of rows."""

from __future__ import annotations

import ast


def rows_counted(size: ast.expr) -> str:
    """Return of what a number is that of the rows: `x` of `len(x)`, `x.size(0)`, `x.shape[0]`."""
    match size:
        case (
            ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=of)])
            | ast.Call(
                func=ast.Attribute(value=ast.Name(id=of), attr="size"),
                args=[ast.Constant(value=0)],
            )
            | ast.Subscript(
                value=ast.Attribute(value=ast.Name(id=of), attr="shape"),
                slice=ast.Constant(value=0),
            )
        ):
            return of
    return ""
