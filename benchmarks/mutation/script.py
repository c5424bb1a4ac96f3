"""A script as operators see it: its syntax tree, and edits of its text by the tree's positions."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

Loop = ast.For | ast.While


@dataclass(frozen=True)
class Edit:
    """A piece of text, by its place in the source, and what is to stand there instead."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Mutation:
    """A script with a mistake in it, and the lines that may be called the place of the mistake."""

    source: str
    lines: frozenset[int]


class Script:
    """The text of a script, which is ASCII or is left alone, and what stands where in it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tree = ast.parse(source)
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._parents = {
            child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)
        }

    @cached_property
    def statements(self) -> list[ast.stmt]:
        """All statements that have their lines to themselves."""
        found = [node for node in ast.walk(self.tree) if isinstance(node, ast.stmt)]
        return [node for node in found if self._is_alone(node)]

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """Go through the calls of functions or methods of these names, as they are written."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and name_of(node) in names:
                yield node

    def call_statements(self, *names: str) -> Iterator[ast.Expr]:
        """Go through the statements that are nothing but such a call."""
        for node in self.statements:
            is_call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
            if is_call and name_of(node.value) in names:
                yield node

    def assigned_calls(self, *names: str) -> Iterator[tuple[ast.Assign, ast.Call]]:
        """Go through the statements that give a name to what such a call returns."""
        for node in self.statements:
            is_call = isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
            if is_call and name_of(node.value) in names and isinstance(node.targets[0], ast.Name):
                yield node, node.value

    def loops(self, node: ast.AST) -> list[Loop]:
        """Return the loops around a node, the innermost first."""
        return [each for each in self._above(node) if isinstance(each, ast.For | ast.While)]

    def statement(self, node: ast.AST) -> ast.stmt:
        """Return the innermost statement that a node is in."""
        return next(e for e in [node, *self._above(node)] if isinstance(e, ast.stmt))

    def block(self, node: ast.stmt) -> Sequence[ast.stmt]:
        """Return the statements among which one stands."""
        parent = self._parents[node]
        for field in ("body", "orelse", "finalbody"):
            body = getattr(parent, field, None)
            if isinstance(body, list) and node in body:
                return body
        return [node]

    def is_in_class(self, node: ast.AST) -> bool:
        """Whether a node stands in a class."""
        return any(isinstance(each, ast.ClassDef) for each in self._above(node))

    def text(self, node: ast.AST) -> str:
        """Return the source of a node."""
        start, end = self._span(node)
        return self.source[start:end]

    def replace(self, node: ast.AST, text: str) -> Edit:
        """Put a text in the place of a node."""
        return Edit(*self._span(node), text)

    def drop(self, node: ast.stmt) -> Edit:
        """Leave out a statement."""
        return self.replace(node, "pass")

    def before(self, node: ast.stmt, text: str) -> Edit:
        """Put lines before a statement, indented as it is."""
        start = self._starts[node.lineno - 1]
        return Edit(start, start, self._indent(node, text))

    def after(self, node: ast.stmt, text: str) -> Edit:
        """Put lines after a statement, indented as it is."""
        end = self._starts[node.end_lineno or node.lineno]
        return Edit(end, end, self._indent(node, text))

    def apply(self, *edits: Edit, also: Sequence[str] = ()) -> Mutation | None:
        """Return the script with edits made; None where that is no Python, or no change.

        What was put in and what stands where something was taken out may be called the place, and
        so may calls of the names in `also`.
        """
        source, lines = self.source, set()
        for edit in sorted(edits, key=lambda each: each.start, reverse=True):
            source = source[: edit.start] + edit.text + source[edit.end :]
        shift = 0
        for edit in sorted(edits, key=lambda each: each.start):
            first = self.source.count("\n", 0, edit.start) + 1 + shift
            lines |= set(range(first, first + max(edit.text.rstrip("\n").count("\n"), 0) + 1))
            shift += edit.text.count("\n") - self.source.count("\n", edit.start, edit.end)
        try:
            new = Script(source)
        except SyntaxError:
            return None
        if ast.dump(new.tree) == ast.dump(self.tree):
            return None
        for call in new.calls(*also):
            lines.add(new.statement(call).lineno)
            lines.add(call.lineno)
        return Mutation(source, frozenset(lines))

    def _above(self, node: ast.AST) -> Iterator[ast.AST]:
        while node in self._parents:
            node = self._parents[node]
            yield node

    def _span(self, node: ast.AST) -> tuple[int, int]:
        assert isinstance(node, ast.expr | ast.stmt | ast.keyword | ast.arg)
        return (
            self._starts[node.lineno - 1] + node.col_offset,
            self._starts[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0),
        )

    def _is_alone(self, node: ast.stmt) -> bool:
        start, end = self._span(node)
        before = self.source[self._starts[node.lineno - 1] : start]
        behind = self.source[end : self._starts[node.end_lineno or node.lineno]].strip()
        return not before.strip() and (not behind or behind.startswith("#"))

    def _indent(self, node: ast.stmt, text: str) -> str:
        return "".join(f"{' ' * node.col_offset}{line}\n" for line in text.splitlines())


def name_of(call: ast.Call) -> str:
    """Return the last part of the name of what is called, '' where it has none."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def keyword(call: ast.Call, name: str) -> ast.keyword | None:
    """Return an argument that is given by name."""
    return next((each for each in call.keywords if each.arg == name), None)
