"""How what has no graph is written in a sum, and whether it hangs on what is trained.

The source is read, and nothing of the program is called: a sum of tensors and one with a constant
look the same to autograd.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from torch.autograd.graph import Node

from backtrace.recording.frames import find_line_in, find_source_in_stack
from backtrace.recording.sensors.graph.autograd_nodes import metadata_of, name_of
from backtrace.recording.source.lines.cuts_in_calls import find_cut_in_call
from backtrace.recording.source.lines.remade_tensors import remade_in
from backtrace.recording.source.source_file import called_name, read_tree

SUMS = {"AddBackward0": 1.0, "SubBackward0": -1.0}
_KEY = "traceback_"  # where anomaly mode keeps the stack
_LONGEST = 60  # characters of a term
_CUTS = {"data", "detach", "item", "numpy", "tolist", "argmax", "no_grad", "inference_mode"}
_ROUNDING = {"round", "floor", "ceil", "sign", "bool", "long", "int"}
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Module)
_STATEMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr)
_PLACES = (ast.Name, ast.Attribute, ast.Subscript)
_MOST = 300  # expressions that are looked behind


def name_cut_term(cut: Node, sums: Sequence[Node]) -> tuple[str, str]:
    """Return the text of what is added without a graph in `cut`, and the line that cuts it off.

    `cut` is one of a loss's `sums`. The line is '' if it is not known. Both are where the sum's is
    not, or the source does not show that a graph was cut: that the term is taken of `.data`, of a
    number and so on, or of the very input of a loss function beside it.
    """
    path, line = _place_of(cut)
    top = next((node for node in sums if path and _place_of(node) == (path, line)), None)
    tree = read_tree(path) if top is not None else None
    if top is None or tree is None:
        return "", ""
    scope = _innermost(tree, line)
    written = next((each for each in _sums_at(scope, line)), None)
    pair = _match(written, top) if written is not None else None
    if pair is None:
        return "", ""
    dead, live = pair
    sight = _Sight(scope, line, live)
    at = sight.find_remade(dead, tree) or sight.find_cut(dead)
    if at is None:
        return "", ""
    at = at or find_cut_in_call(tree, sight.calls_in(dead)) or sight.find_comparison(dead)
    return ast.unparse(dead)[:_LONGEST], find_line_in([(path, at)]) if at else ""


def _place_of(node: Node) -> tuple[str, int]:
    stack = metadata_of(node).get(_KEY)
    return find_source_in_stack(stack) if isinstance(stack, list) else ("", 0)


def _innermost(tree: ast.Module, line: int) -> ast.AST:
    """Return the function that a line stands in, or the file."""
    found: ast.AST = tree
    for node in ast.walk(tree):  # what is further in comes later
        if isinstance(node, _SCOPES[:2]) and node.lineno <= line <= (node.end_lineno or 0):
            found = node
    return found


def _sums_at(scope: ast.AST, line: int) -> Iterator[ast.BinOp]:
    """Give the sums in the statement of a line, the outermost first; of `+=`, one of both sides."""
    for statement in ast.walk(scope):
        if not isinstance(statement, _STATEMENTS):
            continue
        if not statement.lineno <= line <= (statement.end_lineno or 0) or not statement.value:
            continue
        if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add | ast.Sub):
            yield ast.BinOp(statement.target, statement.op, statement.value)
        for node in ast.walk(statement.value):
            if _is_sum(node):
                yield node  # type: ignore[misc]


def _is_sum(node: ast.AST | None) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)


def _match(written: ast.BinOp, node: Node) -> tuple[ast.expr, ast.expr] | None:
    """Return what is written without a graph and what stands beside it, as the graph has them."""
    sides = (written.left, written.right)
    sources = [source for source, _ in node.next_functions]
    if len(sources) != 2:
        return None
    if None in sources:
        at = sources.index(None)
        # A number that stands first is added second.
        is_number = at == 1 and _holds(sides[0], {"item"}) and not _holds(sides[1], {"item"})
        at = 0 if is_number else at
        return sides[at], sides[1 - at]
    for side, source in zip(sides, sources, strict=True):
        inner, behind = _strip(side), _behind(source)
        if _is_sum(inner) and behind is not None:
            found = _match(inner, behind)  # type: ignore[arg-type]
            if found is not None:
                return found
    return None


def _strip(side: ast.expr) -> ast.expr:
    """Return what a weight is put on."""
    if isinstance(side, ast.BinOp) and isinstance(side.op, ast.Mult | ast.Div):
        return next((each for each in (side.left, side.right) if _is_sum(each)), side)
    return side


def _behind(node: Node | None) -> Node | None:
    while node is not None and name_of(node) in ("MulBackward0", "DivBackward0"):
        node = next((source for source, _ in node.next_functions if source is not None), None)
    return node if node is not None and name_of(node) in SUMS else None


def _holds(side: ast.expr, names: set[str]) -> bool:
    return any(isinstance(each, ast.Attribute) and each.attr in names for each in ast.walk(side))


class _Sight:
    """What names stand for in a scope, up to a line, and what is beside the term that is judged."""

    def __init__(self, scope: ast.AST, line: int, live: ast.expr) -> None:
        self._given: dict[str, list[tuple[ast.expr, bool]]] = {}
        self._collect(scope, line, is_off=False)
        self._inputs: set[str] = set()
        self._targets: set[str] = set()
        for node in self._reach(live, set(), into_calls=False):
            if isinstance(node, ast.Call) and len(node.args) >= 2:
                self._inputs.add(_root(node.args[0]))
                self._targets.add(_root(node.args[1]))
        self._inputs.discard("")
        self._targets -= {*self._inputs, ""}

    def calls_in(self, dead: ast.expr) -> Iterator[ast.Call]:
        """Give the calls that a term is made by."""
        return (node for node in self._reach(dead, self._targets) if isinstance(node, ast.Call))

    def find_remade(self, dead: ast.expr, tree: ast.Module) -> int:
        """Return the line that makes a tensor anew of a list, on the way to a term; 0 if none."""
        made = {called_name(call.func) for call in self.calls_in(dead)}
        lines = {getattr(node, "lineno", 0) for node in self._reach(dead, self._targets)}
        found = (
            at for place, at in remade_in(tree) if getattr(place, "name", "") in made or at in lines
        )
        return next(found, 0)

    def find_comparison(self, dead: ast.expr) -> int:
        """Return the one line that compares, or rounds, on the way to a term; 0 of several."""
        lines = {
            node.lineno
            for node in self._reach(dead, self._targets)
            if isinstance(node, ast.Compare)
            or (isinstance(node, ast.Attribute) and node.attr in _ROUNDING)
        }
        return lines.pop() if len(lines) == 1 else 0

    def find_cut(self, dead: ast.expr) -> int | None:
        """Return the line that cuts a graph on the way to a term, 0 if the term is of an input.

        That is, of a loss function's input, with which its graph must be lost; None of neither.
        What hangs on the targets of these alone is no matter: it has no gradient to give.
        """
        found = None
        for node in self._reach(dead, self._targets):
            if isinstance(node, ast.Attribute) and node.attr in _CUTS:
                if _root(node.value) not in self._targets:
                    return getattr(node, "lineno", 0)
            elif isinstance(node, _PLACES) and ast.unparse(node) in self._inputs:
                found = 0
        return found

    def _collect(self, node: ast.AST, line: int, *, is_off: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (*_SCOPES, ast.ClassDef, ast.Lambda)):
                continue
            if getattr(child, "lineno", 0) > line:
                continue
            if isinstance(child, ast.Assign):
                for target in child.targets:
                    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
                    for part in parts:
                        self._given.setdefault(ast.unparse(part), []).append((child.value, is_off))
            elif isinstance(child, ast.AugAssign):
                key = ast.unparse(child.target)
                self._given.setdefault(key, []).append((child.value, is_off))
            off = isinstance(child, ast.With) and any(
                _holds(item.context_expr, {"no_grad", "inference_mode"}) for item in child.items
            )
            self._collect(child, line, is_off=is_off or off)

    def _reach(
        self, start: ast.expr, stops: set[str], *, into_calls: bool = True
    ) -> Iterator[ast.AST]:
        """Give the parts of an expression and of what its names stand for; not behind `stops`."""
        waiting: list[ast.AST] = [start]
        seen: set[str] = set()
        for node in waiting:  # it grows
            if len(waiting) > _MOST:
                return
            yield node
            text = ast.unparse(node) if isinstance(node, _PLACES) else ""
            is_whole = isinstance(node, ast.Call) and len(node.args) >= 2 and not into_calls
            if text in stops or is_whole:
                continue
            waiting += ast.iter_child_nodes(node)
            if text and text not in seen:
                seen.add(text)
                for value, is_off in self._given.get(text, ()):
                    waiting.append(value)
                    if is_off:  # said as the attribute that does the same
                        off = ast.Attribute(value, "no_grad", ast.Load())
                        waiting.append(ast.copy_location(off, value))


def _root(node: ast.expr) -> str:
    """Return the name of what methods and places are taken of; '' of what another call returns."""
    while True:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            node = node.func.value
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            return ast.unparse(node) if isinstance(node, _PLACES) else ""
