"""Counts of the last batch alone that are divided by the number of all rows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from backtrace.recording.source.lines.right_answers import bare_text, compared_sides, reduced
from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import (
    Given,
    Scope,
    called_name,
    given_once,
    names_in,
    opened,
    parents_in,
    word_set,
)
from backtrace.recording.source.walks import Function, own_nodes, walk

_CONVERSIONS = word_set("float int")


def find_last_batch_counts(scope: Scope) -> Iterator[Slip]:
    """Give the lines that count right answers of one batch, for a share of all rows.

    They stand behind the loop over batches, and compare what it wrote in its last turn; or they
    stand in it, and each turn writes over the count, which is read behind the loop alone.
    """
    parents, sizes = parents_in(scope.tree), given_once(scope)
    for block in scope.blocks:
        statements = list(opened(block))
        for number, loop in enumerate(statements):
            if isinstance(loop, ast.For) and _is_over_batches(loop):
                behind = statements[number + 1 :]
                yield from _Loop(loop, behind, parents, sizes, scope.tree).find()


@lru_cache(maxsize=2)
def _counting(tree: ast.Module) -> frozenset[str]:
    """Return the functions that return a count of right answers, of what they are given alone."""
    parents, found = parents_in(tree), set()
    for function in walk(tree):
        if not isinstance(function, Function) or any(map(_adds_up, own_nodes(function))):
            continue
        returned = [each.value for each in own_nodes(function) if isinstance(each, ast.Return)]
        sums = [
            whole
            for each in own_nodes(function)
            if compared_sides(each) is not None
            for how, whole in [reduced(each, parents)]
            if how == "sum"
        ]
        if len(returned) == len(sums) == 1 and returned[0] is sums[0]:
            found.add(function.name)
    return frozenset(found)


def _adds_up(node: ast.AST) -> bool:
    return isinstance(node, ast.AugAssign | ast.For | ast.While)


def _is_over_batches(loop: ast.For) -> bool:
    """Whether a loop may go over batches: not over epochs, `range(10)`, and through to its end."""
    if any(isinstance(node, ast.Break | ast.Return) for node in own_nodes(loop)):
        return False
    match loop.iter:
        case ast.Call(func=ast.Name(id="range" | "trange"), args=args):
            return len(args) == 3 and any(isinstance(n, ast.Slice) for n in own_nodes(loop))
        case ast.Call(func=ast.Name(id="enumerate" | "tqdm"), args=[ast.Call() as inner, *_]):
            return not ast.unparse(inner.func).startswith(("range", "trange"))
    return True


class _Loop:
    """A loop over batches, and what comes behind it in the same block."""

    def __init__(
        self,
        loop: ast.For,
        behind: list[ast.stmt],
        parents: dict[int, ast.AST],
        sizes: Given,
        tree: ast.Module,
    ) -> None:
        self._loop, self._parents, self._sizes = loop, parents, sizes
        self._counting = _counting(tree)
        following = (isinstance(each, ast.For | ast.While) for each in behind)
        end = next((i for i, is_loop in enumerate(following) if is_loop), len(behind))
        self._behind = behind[:end]
        self._written = _stored(loop)
        self._of_a_turn = self._find_of_a_turn()

    def find(self) -> Iterator[Slip]:
        """Give each count that is divided by the number of all rows behind the loop."""
        for statement in self._behind:
            for node in (statement, *own_nodes(statement)):
                match node:
                    case ast.BinOp(op=ast.Div(), left=left, right=right):
                        is_of_all = self._is_number_of_all(right)
                        line, name = self._count_of(left) if is_of_all else (0, "")
                        if line:
                            loop = "" if self._is_sliced() else str(self._loop.iter.lineno)
                            yield Slip(line, "last-batch-counted", name, loop)
                            return

    def _count_of(self, node: ast.expr) -> tuple[int, str]:
        """Return the line that counts what is divided, and its name; (0, '') of another count."""
        if self._counts(node):
            return node.lineno, ast.unparse(node)[:LONGEST]
        names = names_in(node) - _CONVERSIONS
        if len(names) != 1:
            return 0, ""
        (name,) = names
        given = [each for each in self._behind if name in _stored(each)]
        if not given:
            inside = [each for each in own_nodes(self._loop) if _is_of(each, name)]
            given = [node for node in self._turn() if name in _stored(node)]
            if len(inside) != 1:  # it is read there as well, or written twice
                return 0, ""
        match given:
            case [ast.Assign(value=value) as only] if self._counts(value):
                return only.lineno, name
        return 0, ""

    def _turn(self) -> list[ast.stmt]:
        """Return what a turn assigns, in statements that stand in no other function."""
        return [each for each in own_nodes(self._loop) if isinstance(each, ast.Assign)]

    def _counts(self, node: ast.expr) -> bool:
        """Whether an expression counts answers that are right, both sides of this loop's turns.

        What goes through batches itself, `sum(… for x, y in loader)`, has turns of its own.
        """
        turn = self._of_a_turn - _stored(node)
        for each in walk(node):
            sides = compared_sides(each)
            if sides is not None and reduced(each, self._parents)[0] == "sum":
                return all(names_in(side) & turn for side in sides)
            match each:
                case ast.Call(func=func, args=[one, other]) if called_name(func) in self._counting:
                    return bool(names_in(one) & turn and names_in(other) & turn)
        return False

    def _find_of_a_turn(self) -> set[str]:
        """Return the variables that hold what the last turn gave them, and are made of that behind.

        What a turn adds to, `said += …` or `said = cat([said, …])`, holds all turns.
        """
        first: dict[str, ast.Name] = {}
        for node in own_nodes(self._loop):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                place = (node.lineno, node.col_offset)
                known = first.get(node.id)
                if known is None or place < (known.lineno, known.col_offset):
                    first[node.id] = node
        grown = {
            each.target.id
            for each in own_nodes(self._loop)
            if isinstance(each, ast.AugAssign) and isinstance(each.target, ast.Name)
        }
        found = {name for name, node in first.items() if not self._reads_itself(node)} - grown
        for statement in self._behind:
            for node in (statement, *own_nodes(statement)):
                if isinstance(node, ast.Assign):
                    names = {name for target in node.targets for name in _stored(target)}
                    is_made_of_it = any(_reads(node.value, name) for name in found)
                    found = found | names if is_made_of_it else found - names
        return found

    def _reads_itself(self, node: ast.Name) -> bool:
        above: ast.AST | None = node
        while above is not None and not isinstance(above, ast.stmt):
            above = self._parents.get(id(above))
        return isinstance(above, ast.Assign) and _reads(above.value, node.id)

    def _is_number_of_all(self, node: ast.expr) -> bool:
        """Whether a number is that of all rows: `len(train_set)`, and not of a batch."""
        if isinstance(node, ast.Name):
            is_given = node.id not in self._written and node.id in self._sizes
            return is_given and self._is_number_of_all(self._sizes[node.id])
        match node:
            case ast.Call(func=ast.Name(id="len"), args=[of]):
                pass
            case ast.Subscript(value=ast.Attribute(value=of, attr="shape"), slice=place):
                if ast.unparse(place) != "0":
                    return False
            case ast.Call(func=ast.Attribute(value=of, attr="size"), args=[ast.Constant(value=0)]):
                pass
            case _:
                return False
        names = names_in(of)
        looped = {ast.unparse(each) for each in walk(self._loop.iter)}
        is_fixed = bool(bare_text(of)) and not names & self._written
        is_loader = ast.unparse(of) in looped and not isinstance(of, ast.Subscript)
        return is_fixed and (not is_loader or self._is_sliced())

    def _is_sliced(self) -> bool:
        """Whether a loop goes over places, `range(0, len(x), size)`."""
        match self._loop.iter:
            case ast.Call(func=ast.Name(id="range" | "trange")):
                return True
        return False


def _stored(node: ast.AST) -> set[str]:
    return {
        each.id
        for each in walk(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    }


def _reads(node: ast.expr, name: str) -> bool:
    return any(_is_of(each, name) for each in walk(node))


def _is_of(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
