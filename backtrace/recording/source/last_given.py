"""What a name was given last, at each place of a scope that reads it."""

from __future__ import annotations

import ast

from backtrace.recording.source.source_file import assigned_pairs, parents_in
from backtrace.recording.source.walks import own_nodes


class LastGiven:
    """What names stand for in a scope, and outside of it where a file gives them once."""

    def __init__(self, tree: ast.Module, scope: ast.AST, outside: LastGiven | None = None) -> None:
        self._parents = parents_in(tree)
        self._outside = outside
        self._given: dict[str, list[tuple[ast.stmt, ast.expr]]] = {}
        self._written: set[str] = set()
        for node in own_nodes(scope):
            match node:
                case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
                    self._written.add(name)
            if not isinstance(node, ast.stmt):
                continue
            for target, value in assigned_pairs(node):
                parts = target.elts if isinstance(target, ast.Tuple) else [target]
                for part in parts:  # `q1, q2 = critic(s, a)`: both are what was called
                    if isinstance(part, ast.Name):
                        self._given.setdefault(part.id, []).append((node, value))
            match node:
                case ast.AugAssign(target=ast.Name(id=name)):
                    self._given.setdefault(name, []).append((node, ast.Constant(None)))
                case ast.Expr(
                    value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) as call
                ) if method.endswith("_"):  # `label.fill_(1)`
                    self._given.setdefault(name, []).append((node, call))

    def follow(self, node: ast.expr) -> ast.expr:
        """Return what a name was given last before it is read here, itself where that is unsure."""
        if not isinstance(node, ast.Name):
            return node
        found = self._last(node)
        return node if found is None else found[1]

    def is_written_into(self, name: str) -> bool:
        """Whether some of a tensor's elements are written: it need not be what it was made as."""
        outside = self._outside
        return name in self._written or (outside is not None and outside.is_written_into(name))

    def _last(self, node: ast.Name) -> tuple[ast.stmt, ast.expr] | None:
        given = self._given.get(node.id, [])
        if not given and self._outside is not None:
            given = self._outside._given.get(node.id, [])
            return given[0] if len(given) == 1 else None
        before = [each for each in given if _end(each[0]) <= (node.lineno, node.col_offset)]
        if not before:
            return None
        last = max(before, key=lambda each: _end(each[0]))
        above = (each for each in self._around(last[0]) if not isinstance(each, ast.With))
        return last if next(above, None) in self._around(node) else None

    def _around(self, node: ast.AST) -> list[ast.AST]:
        """Return what a node stands in, and that in turn."""
        found: list[ast.AST] = []
        above = self._parents.get(id(node))
        while above is not None:
            found.append(above)
            above = self._parents.get(id(above))
        return found

    def is_without_graph(self, node: ast.Name) -> bool:
        """Whether a name was given its value under `no_grad`."""
        last = self._last(node)
        return last is not None and any(
            isinstance(above, ast.With)
            and any("no_grad" in ast.unparse(item.context_expr) for item in above.items)
            for above in self._around(last[0])
        )


def _end(node: ast.stmt) -> tuple[int, int]:
    """Return where a statement ends: several may stand in one line."""
    return node.end_lineno or node.lineno, node.end_col_offset or 0
