"""Graph attention that is normalised at one end of the edges, and summed at the other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.models.edge_ends import EdgeEnd, EdgeEnds, is_symmetric, spaced
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, called_name, names_in, word_set, words_of
from backtrace.recording.source.walks import Function, walk

# The words of what sums over edges: `index_add_`, `torch_scatter.scatter`, a function of one's own.
_SUMMING = word_set("scatter add sum aggregate")
_PRODUCTS = word_set("mul mul_ multiply einsum")
# What is divided among those who receive it, as a walk's chances are.
_SHARED_OUT = word_set(
    "walk transition routing route capsule slot diffusion pagerank policy outgoing"
)
_ATTENTION = word_set("att attn attend attends attention alpha alphas heads gat gatconv")
_SHAPING = word_set("unsqueeze view reshape float squeeze contiguous clone dropout drop to")


@dataclass(frozen=True)
class _OverEdges:
    """A line that goes over the edges of one end."""

    line: int
    end: EdgeEnd


def find_attention_ends(scope: Scope) -> Iterator[Slip]:
    """Give each softmax over the edges of one end, whose weights are summed at the other alone.

    All methods of a class are read together, with the functions that they call: one may give the
    weights, and another sum. Nothing is said where one softmax or one sum of them is of the other
    end as well, or where a file writes each edge in both directions.
    """
    tree = scope.tree
    if scope.name or not any(map(_is_softmax, walk(tree))) or is_symmetric(tree):
        return
    told: set[int] = set()
    for functions, name in _together(tree):
        reads = [_Reading(each, tree) for each in functions]
        if any(read.is_shared_out for read in reads) or not _is_attention(functions, name):
            continue
        softmaxes = [use for read in reads for use in read.softmaxes]
        sums = [use for read in reads for use in read.sums] or _passed_on(softmaxes, name, tree)
        ends = {(use.end.edges, use.end.row) for use in softmaxes}
        others = {(use.end.edges, use.end.row) for use in sums}
        if len(ends) != 1 or len(others) != 1 or softmaxes[0].line in told:
            continue
        (edges, row), (same, other) = *ends, *others
        if edges == same and row != other:
            line, end = softmaxes[0].line, softmaxes[0].end
            told.add(line)
            yield Slip(line, "other-end", end.text[:LONGEST], sums[0].end.text[:LONGEST])


def _is_attention(functions: list[Function], name: str) -> bool:
    """Whether names say that weights are attention's, and not how something is shared out."""
    if words_of(spaced(name)) & _SHARED_OUT:
        return False
    words = set(words_of(spaced(name)))
    for function in functions:
        words |= words_of(function.name)
        for node in walk(function):
            match node:
                case ast.Name(id=said) | ast.Attribute(attr=said) | ast.arg(arg=said):
                    words |= words_of(said)
    return bool(words & _ATTENTION) or "GAT" in name


def _passed_on(softmaxes: list[_OverEdges], name: str, tree: ast.Module) -> list[_OverEdges]:
    """Return where a layer of torch_geometric's sums: at the second end, if nothing turns that."""
    bases = {
        each.name: {called_name(base) for base in each.bases}
        for each in tree.body
        if isinstance(each, ast.ClassDef)
    }
    is_layer = "MessagePassing" in bases.get(name, set()) and "MessagePassing" not in bases
    if not is_layer or not softmaxes or any(map(_turns_flow, walk(tree))):
        return []
    return [_OverEdges(0, EdgeEnd(softmaxes[0].end.edges, 1, f"{softmaxes[0].end.edges}[1]"))]


def _turns_flow(node: ast.AST) -> bool:
    """Whether edges are gone along the other way, or an old release may be meant that does so."""
    match node:
        case ast.keyword(arg="flow") | ast.Constant(value="flow" | "target_to_source"):
            return True
        case ast.Call(func=ast.Attribute(attr="propagate"), args=[given, *_]):
            return "edge" not in ast.unparse(given) or isinstance(given, ast.Subscript)
    return False


def _is_softmax(node: ast.AST) -> bool:
    """Whether a softmax may stand here: a call of one, or an exponential."""
    if not isinstance(node, ast.Call):
        return False
    name = called_name(node.func)
    return name == "exp" or "softmax" in name


def _together(tree: ast.Module) -> Iterator[tuple[list[Function], str]]:
    """Give the methods of each class with what they call, and each function by itself."""
    own = {each.name: each for each in tree.body if isinstance(each, Function)}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            methods = [each for each in node.body if isinstance(each, Function)]
            called = {
                each.func.id
                for each in walk(node)
                if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)
            }
            yield methods + [own[name] for name in sorted(called & set(own))], node.name
        elif isinstance(node, Function):
            yield [node], node.name


class _Reading:
    """What a function normalises, and what it sums, over the edges of each end."""

    def __init__(self, function: Function, tree: ast.Module) -> None:
        self._ends = EdgeEnds(function, tree)
        self.softmaxes: list[_OverEdges] = []
        self.sums: list[_OverEdges] = []
        # Whether weights are added up themselves, as where they are normalised once more.
        self.is_shared_out = bool(words_of(function.name) & _SHARED_OUT)
        self._weights: set[str] = set()
        nodes = sorted(self._ends.nodes, key=lambda each: getattr(each, "lineno", 0))
        for node in nodes:
            self._read_softmax(node)
        for node in nodes:
            if isinstance(node, ast.Call):
                self._read_sum(node)

    def _read_softmax(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.is_shared_out |= bool(words_of(name) & _SHARED_OUT)
                if any(map(self._normalised, walk(value))) or self._hands_on(value):
                    self._weights.add(name)
        end = self._normalised(node)
        if end is not None and isinstance(node, ast.expr):
            self.softmaxes.append(_OverEdges(node.lineno, end))

    def _hands_on(self, node: ast.expr) -> bool:
        """Whether weights are handed on, in another shape or with some of them dropped."""
        while isinstance(node, ast.Call):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if (
                    attr in _SHAPING and name in self._weights
                ):
                    return True
                case ast.Call(func=func, args=[given, *_]) if (
                    words_of(called_name(func)) & _SHAPING
                ):
                    node = given
                case _:
                    return False
        return isinstance(node, ast.Name) and node.id in self._weights

    def _normalised(self, node: ast.AST) -> EdgeEnd | None:
        """Return the end over whose edges an expression is a softmax, None of anything else."""
        match node:
            case ast.Call(func=func) if "softmax" in called_name(func):
                return self._ends.of_arguments(node)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                end = self._ends.of_total(right)
                return end if end is not None and self._ends.is_exponential(left) else None
        return None

    def _read_sum(self, call: ast.Call) -> None:
        name = called_name(call.func)
        end = self._ends.of_arguments(call) if words_of(name) & _SUMMING else None
        if end is None or "softmax" in name:
            return
        given = [*call.args, *(word.value for word in call.keywords)]
        weighed = [self._ends.follow(each) for each in given]
        if any(self._hands_on(each) for each in given) or any(map(self._normalised, weighed)):
            self.is_shared_out = True
        if any(self._is_weighed(each) for value in weighed for each in walk(value)):
            self.sums.append(_OverEdges(call.lineno, end))

    def _is_weighed(self, node: ast.AST) -> bool:
        """Whether something is multiplied by the weights, or by what another method gave."""
        is_product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)
        is_call = isinstance(node, ast.Call) and called_name(node.func) in _PRODUCTS
        if not is_product and not is_call:
            return False
        names = names_in(node)
        is_here = any(map(self._normalised, walk(node)))
        return is_here or not self.softmaxes or bool(names & self._weights)
