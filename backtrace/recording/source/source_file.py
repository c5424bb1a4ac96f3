"""A file of the user's, parsed: its functions, and which of their variables are read."""

from __future__ import annotations

import ast
import linecache
import symtable
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

import torch

from backtrace.recording.source.walks import Function, own_nodes, walk

Given = dict[str, ast.expr]  # names, each with what it is given
# The names of torch's optimizers, as a script calls them.
OPTIMIZERS = frozenset(name for name, kind in vars(torch.optim).items() if isinstance(kind, type))
# What a variable that holds one is called, in the words of its name.
OPTIMIZER_WORDS = frozenset({"optimizer", "optimizers", "optim", "opt"})
_LONGEST = 1_000_000  # characters: some files are written by programs
# What reads local variables by names that do not stand in the source.
_READS_ALL = frozenset({"locals", "vars", "eval", "exec"})


@dataclass(frozen=True)
class Scope:
    """A function of a file, or the file itself, whose `name` is ''.

    `defined` are the names of all functions and methods of the file, `tree` is the whole of it.
    """

    node: ast.Module | Function
    name: str
    is_top: bool
    defined: frozenset[str]
    tree: ast.Module
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
        if own.is_nonlocal() or own.is_declared_global() or self.is_read_inside(name):
            return True
        return own.is_referenced() and any(
            node.id == name and id(node) not in self._converting
            for node in self.nodes()
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        )

    def is_read_from(self, name: str, line: int) -> bool:
        """Whether what a line writes to a variable is read.

        As `is_read`, but that another statement of the file's own, such as a loop that evaluates,
        may write the variable first, and reads what it has written.
        """
        if not isinstance(self.node, ast.Module) or self.is_read_inside(name):
            return self.is_read(name)
        for statement in self.node.body:
            found = [n for n in own_nodes(statement) if isinstance(n, ast.Name) and n.id == name]
            reads = [n for n in found if isinstance(n.ctx, ast.Load)]
            lines = [n.lineno for n in reads if id(n) not in self._converting]
            written = [n.lineno for n in found if isinstance(n.ctx, ast.Store)]
            is_its_own = statement.lineno <= line <= (statement.end_lineno or line)
            if lines and (is_its_own or not written or min(lines) <= min(written)):
                return True
        return False

    @cached_property
    def _converting(self) -> frozenset[int]:
        """Names that are read to be written anew and no more: `d` in `d = torch.tensor(d)`."""
        return frozenset(
            id(each)
            for node in self.nodes()
            if isinstance(node, ast.Assign)
            for target, value in _assigned(node)
            for each in walk(value)
            if isinstance(each, ast.Name) and each.id == target
        )

    def is_read_inside(self, name: str) -> bool:
        """Whether a function inside of this scope reads the variable."""
        is_module = self.table.get_type() == "module"
        return any(
            found.is_global() if is_module else found.is_free()
            for each in self.inside
            if name in each.get_identifiers()
            for found in [each.lookup(name)]
        )

    def find_function(self, name: str) -> Function | None:
        """Return the function of this name that stands in the file's own lines, the last one."""
        own = [each for each in self.tree.body if isinstance(each, Function) and each.name == name]
        return own[-1] if own else None

    def statements(self) -> tuple[ast.stmt, ...]:
        """Return its statements, also those inside of others, in the order of their lines."""
        return self._statements

    @cached_property
    def _statements(self) -> tuple[ast.stmt, ...]:
        found = [node for node in self.nodes() if isinstance(node, ast.stmt)]
        return tuple(sorted(found, key=lambda each: each.lineno))

    def nodes(self) -> tuple[ast.AST, ...]:
        """Return what stands in it, without what stands in functions and classes inside."""
        return own_nodes(self.node)

    @cached_property
    def blocks(self) -> tuple[list[ast.stmt], ...]:
        """Its lists of statements, each inside of one that comes before."""
        return tuple(
            block
            for node in (self.node, *self.nodes())
            for part in ("body", "orelse", "finalbody")
            if isinstance(block := getattr(node, part, None), list)
        )


def read_text(path: str) -> str:
    """Return a file as Python has it in its tracebacks: of what runs, not of what is edited now."""
    return "".join(linecache.getlines(path))


def read_tree(path: str) -> ast.Module | None:
    """Return a file as it is parsed; None where it cannot be."""
    return _parse(read_text(path))


@lru_cache(maxsize=8)
def _parse(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def read_scopes(path: str) -> tuple[Scope, ...]:
    """Return the scopes of a file, the module's own the first; none where it cannot be parsed."""
    text = read_text(path)
    tree = _parse(text) if len(text) <= _LONGEST else None
    if tree is None:
        return ()
    try:
        return tuple(_list_scopes(tree, symtable.symtable(text, path, "exec")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()


def _assigned(node: ast.Assign) -> Iterator[tuple[str, ast.expr]]:
    """Give the names that a statement assigns to, each with its own value."""
    match node.targets, node.value:
        case [ast.Name(id=name)], value:
            yield name, value
        case [ast.Tuple(elts=names)], ast.Tuple(elts=values) if len(names) == len(values):
            for each, value in zip(names, values, strict=True):
                if isinstance(each, ast.Name):
                    yield each.id, value


def called_name(func: ast.expr) -> str:
    """Return the last name of what is called: `randn` of `torch.randn`; '' where it has none."""
    match func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def names_in(node: ast.AST) -> set[str]:
    """Return the names that stand in something."""
    return {each.id for each in walk(node) if isinstance(each, ast.Name)}


@lru_cache(maxsize=2)
def parents_in(tree: ast.Module) -> dict[int, ast.AST]:
    """Return what each node of a file stands in, by the node's id."""
    return {id(child): node for node in walk(tree) for child in ast.iter_child_nodes(node)}


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text that blanks part."""
    return frozenset(text.split())


def assigned_pairs(node: ast.stmt) -> list[tuple[ast.expr, ast.expr]]:
    """Return what a statement assigns, each with its value: both of `x, y = a, b`."""
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            return list(zip(names, values, strict=False))
        case ast.Assign(targets=[target], value=value):
            return [(target, value)]
    return []


def opened(block: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Give statements in their order, those within a `with` as well."""
    for node in block:
        if isinstance(node, ast.With):
            yield from opened(node.body)
        else:
            yield node


def given_once(scope: Scope) -> Given:
    """Return the variables of a scope that are written to once, each with what it is given."""
    return given_once_in(scope.node)


def given_once_in(holder: ast.AST) -> Given:
    """Return the same of a function or a file."""
    nodes = own_nodes(holder)
    stores = Counter(
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )
    found: Given = {}
    for node in nodes:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if stores[name] == 1:
                found[name] = value
    return found


def words_of(name: str) -> frozenset[str]:
    """Return the words of a name: `next` and `dones` of `next_dones`."""
    return frozenset(name.lower().split("_"))


def _list_scopes(tree: ast.Module, table: symtable.SymbolTable) -> Iterator[Scope]:
    functions = [node for node in walk(tree) if isinstance(node, Function)]
    defined = frozenset(node.name for node in functions)
    yield Scope(tree, "", False, defined, tree, table, tuple(_walk(table)))
    tables = {(each.get_name(), each.get_lineno()): each for each in _walk(table)}
    for node in functions:
        if own := tables.get((node.name, node.lineno)):
            yield Scope(node, node.name, node in tree.body, defined, tree, own, tuple(_walk(own)))


def _walk(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _walk(child)
