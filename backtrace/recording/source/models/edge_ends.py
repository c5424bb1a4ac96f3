"""Which end of its edges a graph network's lines go over: `edge_index[0]`, or `src`."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from backtrace.recording.source.last_given import LastGiven
from backtrace.recording.source.source_file import called_name, word_set
from backtrace.recording.source.walks import Function, own_nodes, walk

_SHAPING = word_set("unsqueeze view reshape expand expand_as long to repeat contiguous squeeze")
_BROADCASTS = word_set("broadcast expand expand_as repeat explicit_broadcast expand_left view")
_SUMS = word_set("scatter scatter_add scatter_add_ scatter_sum index_add index_add_ segment_sum")
# The names of what edges come from, and of what they go to, each pair as it is written.
_PAIRS = (
    ("src", "dst"), ("row", "col"), ("source", "target"), ("senders", "receivers"),
    ("rows", "cols"), ("src", "trg"), ("src", "tgt"), ("sender", "receiver"), ("head", "tail"),
    ("heads", "tails"), ("src_idx", "dst_idx"), ("src_index", "dst_index"),
    ("src_index", "trg_index"), ("i", "j"), ("idx_i", "idx_j"),
)  # fmt: skip
_BOTH_WAYS = word_set("to_undirected to_bidirected is_undirected flip to_bidirectional reciprocal")
_WORDS = word_set("undirected symmetric symmetrize symmetrise symmetrized bidirected")


@dataclass(frozen=True)
class EdgeEnd:
    """One row of what holds edges, and how it is written."""

    edges: str
    row: int
    text: str


class EdgeEnds:
    """The ends of edges that a function reads, and what is summed over them."""

    def __init__(self, function: Function, tree: ast.Module) -> None:
        self.nodes = list(own_nodes(function))
        self._values = LastGiven(tree, function)
        self._names: dict[str, set[tuple[str, int]]] = {}
        known = {each.arg for each in function.args.args}
        for pair in _PAIRS:
            if known.issuperset(pair):
                for row, name in enumerate(pair):
                    self._names.setdefault(name, set()).add(("/".join(pair), row))
        for node in sorted(self.nodes, key=lambda each: getattr(each, "lineno", 0)):
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                self._take(node.targets[0], node.value)

    def _take(self, target: ast.expr, value: ast.expr) -> None:
        match target, value:
            case ast.Tuple(elts=[ast.Name(id=one), ast.Name(id=other)]), ast.Tuple(
                elts=[first, second]
            ):
                self._write(one, self._row(first))
                self._write(other, self._row(second))
            case ast.Tuple(elts=[ast.Name(id=one), ast.Name(id=other)]), _:
                edges = _bare(value)
                is_held = isinstance(edges, ast.Name | ast.Attribute)
                text = ast.unparse(edges)
                self._write(one, (text, 0) if is_held else None)
                self._write(other, (text, 1) if is_held else None)
            case ast.Name(id=name), _:
                self._write(name, self._row(value))

    def _write(self, name: str, row: tuple[str, int] | None) -> None:
        self._names.setdefault(name, set()).add(row or ("", 0))

    def _row(self, node: ast.expr) -> tuple[str, int] | None:
        match _bare(node):
            case ast.Subscript(value=ast.Name() | ast.Attribute() as edges, slice=place):
                number = _number_of_row(place)
                return None if number is None else (ast.unparse(edges), number)
            case ast.Name(id=name):
                known = self._names.get(name, set())
                return next((row for row in known if row[0]), None) if len(known) == 1 else None
        return None

    def of(self, node: ast.expr) -> EdgeEnd | None:
        """Return the end that an expression holds, None of anything else."""
        row = self._row(node)
        if row is None:
            match node:
                case ast.Call(func=func, args=[given, *_]) if called_name(func) in _BROADCASTS:
                    return self.of(given)
            return None
        return EdgeEnd(*row, ast.unparse(_bare(node)))

    def of_arguments(self, call: ast.Call) -> EdgeEnd | None:
        """Return the one end that is among what a call is given, None of none and of both."""
        given = [*call.args, *(word.value for word in call.keywords)]
        ends = {end for each in given if (end := self.of(each)) is not None}
        return next(iter(ends)) if len(ends) == 1 else None

    def of_total(self, node: ast.expr) -> EdgeEnd | None:
        """Return the end of a sum over edges that is read back at each of them, `total[src]`.

        A number that keeps it above zero may be added.
        """
        node = self.follow(_bare(node))
        match node:
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self.of_total(left) or self.of_total(right)
            case ast.Call(func=ast.Attribute(value=inner, attr="clamp" | "clamp_min")):
                return self.of_total(inner)
            case ast.Subscript(value=total, slice=place):
                end = self.of(place)
            case ast.Call(func=ast.Attribute(value=total, attr="index_select"), args=[_, place]):
                end = self.of(place)
            case _:
                return None
        summed = self.follow(total)
        while isinstance(summed, ast.BinOp) and isinstance(summed.op, ast.Add):
            summed = self.follow(summed.left)
        if not isinstance(summed, ast.Call) or called_name(summed.func) not in _SUMS:
            return None
        return end if end is not None and end == self.of_arguments(summed) else None

    def is_exponential(self, node: ast.expr) -> bool:
        """Whether something is what an exponential gives."""
        return any(
            isinstance(each, ast.Call) and called_name(each.func) == "exp"
            for each in walk(self.follow(_bare(node)))
        )

    def follow(self, node: ast.expr) -> ast.expr:
        """Return what a name was given last before it is read."""
        return self._values.follow(node)


def _number_of_row(place: ast.expr) -> int | None:
    """Return 0 or 1 of `[0]`, `[1, :]` and `[:, 1]`, None of any other place."""
    match place:
        case ast.Tuple(elts=[ast.Slice(lower=None, upper=None), number]):
            return _number_of_row(number)
        case ast.Tuple(elts=[number, ast.Slice(lower=None, upper=None)]):
            return _number_of_row(number)
        case ast.Constant(value=value) if value in (0, 1):
            return int(value == 1)
    return None


def is_symmetric(tree: ast.Module) -> bool:
    """Whether a file writes each edge in both directions: both ends then have the same edges."""
    for node in walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                if name in _BOTH_WAYS or _WORDS & set(name.lower().split("_")):
                    return True
            case ast.alias(name=name) | ast.FunctionDef(name=name) | ast.keyword(arg=str(name)):
                if name in _BOTH_WAYS or _WORDS & set(name.lower().split("_")):
                    return True
            case ast.List(elts=[ast.Constant(value=1), ast.Constant(value=0)]):
                return True
            case ast.List(elts=[one, other]) | ast.Tuple(elts=[one, other]):
                if _is_joined(one) and _is_joined(other) and _turned(one, other):
                    return True
    return False


def _is_joined(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and called_name(node.func) in ("cat", "concatenate", "concat")


def _turned(one: ast.expr, other: ast.expr) -> bool:
    """Whether the same parts are joined in another order: `cat([a, b])` and `cat([b, a])`."""
    parts = [
        [ast.unparse(e) for e in walk(each) if isinstance(e, ast.Name)] for each in (one, other)
    ]
    return parts[0] != parts[1] and sorted(parts[0]) == sorted(parts[1])


def _bare(node: ast.expr) -> ast.expr:
    """Return an expression without what gives it another shape: `row` of `row[:, None]`."""
    while True:
        match node:
            case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _SHAPING:
                node = inner
            case ast.Subscript(value=inner, slice=ast.Tuple(elts=parts)) if any(
                isinstance(each, ast.Constant) and each.value is None for each in parts
            ):
                node = inner
            case _:
                return node


def spaced(name: str) -> str:
    """Return a class's name as words: `_Random_Walk` of `RandomWalk`."""
    return "".join(f"_{each}" if each.isupper() else each for each in name)
