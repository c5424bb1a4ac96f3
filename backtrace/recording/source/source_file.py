"""A file of the user's, parsed: its functions, and which of their variables are read."""

from __future__ import annotations

import ast
import linecache
import symtable
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

Function = ast.FunctionDef | ast.AsyncFunctionDef
_LONGEST = 1_000_000  # characters: some files are written by programs
# What reads local variables by names that do not stand in the source.
_READS_ALL = frozenset({"locals", "vars", "eval", "exec"})


@dataclass(frozen=True)
class Scope:
    """A function of a file, or the file itself, whose `name` is ''.

    `defined` are the names of all functions and methods of the file.
    """

    node: ast.Module | Function
    name: str
    is_top: bool
    defined: frozenset[str]
    table: symtable.SymbolTable
    inside: tuple[symtable.SymbolTable, ...]

    @property
    def reads_all(self) -> bool:
        """Whether something in it may read any variable, such as `locals()`."""
        tables = (self.table, *self.inside)
        return any(name in _READS_ALL for each in tables for name in each.get_identifiers())

    def is_read(self, name: str) -> bool:
        """Whether a variable that is written to here is read here, inside, or may be elsewhere."""
        own = self.table.lookup(name)
        if own.is_referenced() or own.is_nonlocal() or own.is_declared_global():
            return True
        return self.is_read_inside(name)

    def is_read_inside(self, name: str) -> bool:
        """Whether a function inside of this scope reads the variable."""
        is_module = self.table.get_type() == "module"
        return any(
            found.is_global() if is_module else found.is_free()
            for each in self.inside
            if name in each.get_identifiers()
            for found in [each.lookup(name)]
        )

    def nodes(self) -> Iterator[ast.AST]:
        """Give what stands in it, without what stands in functions and classes inside."""
        return own_nodes(self.node)


@lru_cache(maxsize=64)
def read_scopes(path: str) -> tuple[Scope, ...]:
    """Return the scopes of a file, the module's own the first; none where it cannot be parsed."""
    text = "".join(linecache.getlines(path))
    if len(text) > _LONGEST:
        return ()
    try:
        return tuple(_list_scopes(ast.parse(text), symtable.symtable(text, path, "exec")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Give what stands in a node, without what stands in functions and classes inside."""
    left = [node]
    while left:
        for child in ast.iter_child_nodes(left.pop()):
            if not isinstance(child, Function | ast.Lambda | ast.ClassDef):
                yield child
                left.append(child)


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text that blanks part."""
    return frozenset(text.split())


def words_of(name: str) -> frozenset[str]:
    """Return the words of a name: `next` and `dones` of `next_dones`."""
    return frozenset(name.lower().split("_"))


def _list_scopes(tree: ast.Module, table: symtable.SymbolTable) -> Iterator[Scope]:
    functions = [node for node in ast.walk(tree) if isinstance(node, Function)]
    defined = frozenset(node.name for node in functions)
    yield Scope(tree, "", False, defined, table, tuple(_walk(table)))
    tables = {(each.get_name(), each.get_lineno()): each for each in _walk(table)}
    for node in functions:
        if own := tables.get((node.name, _line_of(node))):
            yield Scope(node, node.name, node in tree.body, defined, own, tuple(_walk(own)))


def _line_of(node: Function) -> int:
    """Return the line that symtable gives a function: that of its first decorator, if any."""
    return min([node.lineno, *(each.lineno for each in node.decorator_list)])


def _walk(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _walk(child)
