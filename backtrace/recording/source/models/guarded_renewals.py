"""Copies of a model that are given its values only where a condition holds that may never hold."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import LONGEST, Slip
from backtrace.recording.source.source_file import Scope, parents_in, word_set, words_of
from backtrace.recording.source.walks import Function, own_nodes, walk

_SLOW = word_set("episode episodes epi ep epoch epochs game games round rounds trial trials")
_MOVES = word_set("zip update sync soft hard polyak copy ema average blend track")
_HARMLESS = word_set("eval train requires_grad_ to cuda cpu forward double float half state_dict")
_STEPS = ("backward", "step")


def find_guarded_renewals(scope: Scope) -> Iterator[Slip]:
    """Give the lines that load another model's state into a copy that the file calls.

    `every` says how seldom: of a line that each update comes to, under `beside`, a condition on a
    remainder. It is 1 of a line in a function that nothing calls, and 0 where that is not known.
    """
    if not isinstance(scope.node, ast.Module):
        return
    loads = [node for node in walk(scope.tree) if _is_renewal(node)]
    if loads:
        yield from _Renewals(scope.tree).judge(loads)


def _is_renewal(node: ast.AST) -> bool:
    """Whether it is `copy.load_state_dict(model.state_dict())`."""
    match node:
        case ast.Call(
            func=ast.Attribute(
                value=(ast.Name() | ast.Attribute()) as copy, attr="load_state_dict"
            ),
            args=[ast.Call(func=ast.Attribute(value=model, attr="state_dict")), *_],
        ):
            return ast.unparse(copy) != ast.unparse(model)
    return False


def _name_of(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


class _Renewals:
    """How a file renews its copies, and what it knows of numbers."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._parents = parents_in(tree)
        self._is_whole = any(
            isinstance(node, ast.If) and "__main__" in ast.unparse(node.test) for node in tree.body
        ) or any(_name_of(node) == "backward" for each in tree.body for node in own_nodes(each))

    def judge(self, loads: list[ast.AST]) -> Iterator[Slip]:
        """Give each of the lines, of copies that nothing else could move."""
        for node in loads:
            assert isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            copy = node.func.value
            if not self._is_moved_otherwise(_name_of(copy)):
                guard, every = self._read_guard(node)
                yield Slip(node.lineno, "renewal", ast.unparse(copy), guard[:LONGEST], every)

    def _is_moved_otherwise(self, name: str) -> bool:
        """Whether a model of this name is never called, made twice, or handed to what moves it."""
        called, made = False, 0
        for node in walk(self._tree):
            if _name_of(node) != name:
                continue
            parent = self._parents.get(id(node))
            made += isinstance(parent, ast.Assign) and node in parent.targets
            if not isinstance(getattr(node, "ctx", None), ast.Load):
                continue
            if isinstance(parent, ast.Call) and parent.func is node:
                called = True
            elif isinstance(parent, ast.Call) and words_of(_name_of(parent.func)) & _MOVES:
                return True
            elif isinstance(parent, ast.Attribute) and parent.attr not in _HARMLESS:
                above = self._parents.get(id(parent))
                if parent.attr == "load_state_dict" and above is not None and _is_renewal(above):
                    continue
                if parent.attr != "parameters" or not self._only_freezes(above):
                    return True
        return not called or made > 1

    def _only_freezes(self, call: ast.AST | None) -> bool:
        loop = self._parents.get(id(call))
        return isinstance(loop, ast.For) and all(
            "requires_grad" in ast.unparse(each) for each in loop.body
        )

    def _read_guard(self, node: ast.AST) -> tuple[str, int]:
        """Return the condition under which an update comes to a line, and once in how many."""
        around = self._around(node)
        function = next((each for each in around if isinstance(each, Function)), None)
        guard = self._judge_guard(around)
        if guard[1] or function is None or function.name == "__init__":
            return guard
        uses = [
            each
            for each in walk(self._tree)
            if _name_of(each) == function.name and isinstance(each, ast.Name | ast.Attribute)
        ]
        if not uses:
            return ("", 1) if self._is_whole else ("", 0)
        found = [guard for each in uses if (guard := self._judge_guard(self._around(each)))[1]]
        return found[0] if found else ("", 0)

    def _around(self, node: ast.AST) -> list[ast.AST]:
        """Return the statements around a node, up to the function that it stands in."""
        found: list[ast.AST] = []
        above = self._parents.get(id(node))
        while above is not None:
            found.append(above)
            if isinstance(above, Function):
                break
            above = self._parents.get(id(above))
        return found

    def _judge_guard(self, around: list[ast.AST]) -> tuple[str, int]:
        guard = next((each for each in around if isinstance(each, ast.If)), None)
        if guard is None:
            return "", 0
        beside = self._parents.get(id(guard))
        if beside is None or not _updates(beside, guard):
            return "", 0
        loops = [each for each in around if isinstance(each, ast.For | ast.While)]
        outer = {
            _name_of(each)
            for loop in loops[1:]
            if isinstance(loop, ast.For)
            for each in walk(loop.target)
        }
        for node in walk(guard.test):
            match node:
                case ast.BinOp(left=counter, op=ast.Mod(), right=period):
                    every, name = self._number(period), _name_of(counter)
                    if every > 1 and name and name not in outer and not words_of(name) & _SLOW:
                        return ast.unparse(guard.test), every
        return "", 0

    def _number(self, node: ast.expr) -> int:
        """Return the whole number that an expression is in all of the file, 0 if not known."""
        if isinstance(node, ast.Constant):
            return node.value if type(node.value) is int else 0
        name, found = _name_of(node), set[int]()
        for each in walk(self._tree):
            found |= {value for known, value in self._given(each) if known == name}
        return found.pop() if len(found) == 1 else 0

    def _given(self, node: ast.AST) -> Iterator[tuple[str, int]]:
        """Give what a node calls by a name, and its number; -1 where it is none that is known."""
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    pairs = [(target, value)]
                    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                        pairs = list(zip(target.elts, value.elts, strict=False))
                    for one, other in pairs:
                        if _name_of(one) != _name_of(other):  # `self.every = every`
                            yield _name_of(one), _whole(other)
            case ast.FunctionDef(args=arguments):
                owner = self._parents.get(id(node))
                called = owner.name if isinstance(owner, ast.ClassDef) else node.name
                given = [*arguments.posonlyargs, *arguments.args]
                last = given[len(given) - len(arguments.defaults) :]
                is_called = self._is_called_plainly(called, len(given) - len(last))
                for argument, value in zip(last, arguments.defaults, strict=True):
                    yield argument.arg, _whole(value) if is_called else -1
            case ast.keyword(arg=str(name), value=value) if _name_of(value) != name:
                yield name, _whole(value)

    def _is_called_plainly(self, name: str, needed: int) -> bool:
        """Whether the file calls a function, by no more than it needs in order, and words."""
        calls = [
            each
            for each in walk(self._tree)
            if isinstance(each, ast.Call) and _name_of(each.func) == name
        ]
        return bool(calls) and all(
            len(each.args) <= needed and all(word.arg for word in each.keywords) for each in calls
        )


def _whole(value: ast.expr) -> int:
    match value:
        case ast.Constant(value=int() as number):
            return number
    return -1


def _updates(beside: ast.AST, guard: ast.If) -> bool:
    """Whether a backward and a step stand in the block of a condition, so that each comes to it."""
    for name in ("body", "orelse"):
        block = getattr(beside, name, ())
        if isinstance(block, list) and guard in block:
            called = {
                _name_of(node.func)
                for each in block
                for node in walk(each)
                if isinstance(node, ast.Call)
                and each is not guard
                and not isinstance(each, ast.For | ast.While)
            }
            return set(_STEPS) <= called
    return False
