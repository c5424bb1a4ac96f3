"""What goes backward of a scope, and with which sign a name stands in it."""

from __future__ import annotations

import ast

from backtrace.recording.source.source_file import Scope, word_set, words_of
from backtrace.recording.source.walks import walk

# What gives a cost, whatever its result is called: `reward = tour_length(cities, tour)`.
_COSTS = word_set(
    "length lengths cost costs distance distances error errors loss losses penalty energy time"
)
# A name alone says less: the length of an episode is a reward where a pole is to stay upright.
_CALLED_COSTS = word_set("cost costs loss losses penalty regret energy energies")
_PASSING = word_set("mean sum squeeze cat stack")
_MOST = 12  # names that are followed from a term to what goes backward


class SignedUses:
    """How names are used in a scope: in what sums, of which sign, and what goes backward."""

    def __init__(self, scope: Scope) -> None:
        self._given: dict[str, list[tuple[int, ast.expr]]] = {}
        self.backwards: set[str] = set()
        self._is_odd = {"maximize"} & {
            word.arg for node in scope.nodes() if isinstance(node, ast.Call)
            for word in node.keywords if word.arg
        }  # fmt: skip
        for node in scope.nodes():
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    self._given.setdefault(name, []).append((node.lineno, value))
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[value]
                ):
                    self._given.setdefault(name, []).append((node.lineno, value))
                case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                    is_sum = isinstance(op, ast.Add)
                    self._given.setdefault(name, []).append((node.lineno, value))
                    if not is_sum and not isinstance(op, ast.Div):
                        self._is_odd = {name}
                case ast.Call(func=ast.Attribute(value=root, attr="backward")):
                    if not node.args and not node.keywords:
                        self._take_root(root)
        if self._is_odd:
            self.backwards = set()

    def _take_root(self, root: ast.expr) -> None:
        match root:
            case ast.Name(id=name):
                self.backwards.add(name)
            case ast.UnaryOp() | ast.BinOp() | ast.Call():
                self.backwards.add("")
                self._given.setdefault("", []).append((root.lineno, root))

    def sign_at_backward(self, name: str, line: int) -> int:
        """Return the sign with which a name goes backward; 0 where that is not plain."""
        sign = 1
        for _ in range(_MOST):
            if name in self.backwards:
                return sign
            found = [
                (other, at, own)
                for other, values in self._given.items()
                for at, value in values
                if at > line
                for own in _signs_of(value, name, 1)
            ]
            if len(found) != 1:
                return 0
            name, line, own = found[0]
            sign *= own
        return 0

    def is_cost(self, term: ast.expr) -> bool:
        """Whether something in a term is a cost by name, or what a call gave that is one by name.

        What a cost is taken from, `baseline - cost`, is none: it is large where the cost is small.
        """
        values = [value for name in names_in(term) for _, value in self._given.get(name, ())]
        called = [value.func for value in values if isinstance(value, ast.Call)]
        return any(
            words_of(names_in(each)[-1]) & _COSTS for each in called if names_in(each)
        ) or any(_is_of_cost(value) for value in values)

    def is_plain(self, name: str) -> bool:
        """Whether a name is given once, and not by what is taken from something else."""
        values = [value for _, value in self._given.get(name, ())]
        return len(values) == 1 and not any(
            isinstance(each, ast.USub | ast.Sub) for each in walk(values[0])
        )


def parts_of_sum(node: ast.expr) -> list[tuple[ast.expr, int]]:
    """Return what an expression is a sum of, each part with its sign; 0 where that is not plain.

    Means, and divisions, leave a sign as it is. Nothing of what is no sum.
    """
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return [(inner, -1)]
        case ast.BinOp():
            return _operands(node)
        case ast.ListComp(elt=inner) | ast.GeneratorExp(elt=inner):
            return [(inner, 1)]
        case ast.Call():
            behind = _passed_on(node)
            return [(behind, 1)] if behind is not None else []
    return []


def _is_of_cost(value: ast.expr) -> bool:
    """Whether a term of a sum is called a cost, and is not taken away."""
    for part, factor in parts_of_sum(value) or [(value, 1)]:
        if factor > 0:
            if parts_of_sum(part) and _is_of_cost(part):
                return True
            if words_of(_root_name(part)) & _CALLED_COSTS:
                return True
    return False


def _root_name(node: ast.expr) -> str:
    """Return the name that methods, attributes and subscripts are taken of, '' where none is."""
    while isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def names_in(node: ast.AST) -> list[str]:
    """Return the names of an expression, and those of the attributes in it."""
    return [
        each.id if isinstance(each, ast.Name) else each.attr
        for each in walk(node)
        if isinstance(each, ast.Name | ast.Attribute)
    ]


def _operands(node: ast.BinOp) -> list[tuple[ast.expr, int]]:
    left, right = node.left, node.right
    match node.op:
        case ast.Add() | ast.Sub():
            return [(left, 1), (right, 1 if isinstance(node.op, ast.Add) else -1)]
        case ast.Mult():
            return [(left, _sign_of_weight(right)), (right, _sign_of_weight(left))]
        case ast.Div():
            return [(left, 0 if isinstance(right, ast.UnaryOp) else 1)]
    return []


def _passed_on(call: ast.Call) -> ast.expr | None:
    """Return what a mean or a sum is taken of, or what is stacked."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr=name), args=[first, *_]):
            return first if name in _PASSING else None
        case ast.Call(func=ast.Attribute(value=inner, attr=name)):
            return inner if name in _PASSING else None
        case ast.Call(func=ast.Name(id="sum"), args=[inner]):
            return inner
    return None


def _sign_of_number(node: ast.expr) -> int:
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float())):
            return -1
        case ast.Constant(value=int() | float() as value):
            return 1 if value > 0 else -1 if value < 0 else 0
    return 0


def _sign_of_weight(node: ast.expr) -> int:
    """Return the sign of what weighs a term; a name is taken for that of a positive number."""
    sign = _sign_of_number(node)
    return 1 if not sign and isinstance(node, ast.Name | ast.Attribute) else sign


def _signs_of(node: ast.expr, name: str, sign: int) -> list[int]:
    """Return the signs with which a name is a term of an expression; 0 where it is no plain one."""
    if isinstance(node, ast.Name):
        return [sign] if node.id == name else []
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("item", "detach"):
        return []
    parts = parts_of_sum(node)
    if parts:
        return [own for part, factor in parts for own in _signs_of(part, name, sign * factor)]
    return [0] * any(isinstance(each, ast.Name) and each.id == name for each in walk(node))
