"""What a loop over parameters comes to: how much of itself, and of what else, each one gets."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from math import isnan, nan

from backtrace.recording.source.source_file import word_set, words_of
from backtrace.recording.source.walks import walk

# The weight of each tensor in a sum, by how it is written; '' is the number beside them.
Form = dict[str, float]

_FACTORS = word_set("tau decay alpha momentum beta m rho polyak ema")
_SAME = word_set("detach clone to float cpu cuda double half type_as")
_SAMPLES = (0.99, 0.6)  # of numbers that are not known: any between 0 and 1


@dataclass(frozen=True)
class Written:
    """What `target` was given, in `line` at last; `is_known` where all numbers are."""

    target: str
    line: int
    form: Form
    is_known: bool


class KnownNumbers:
    """The numbers that names stand for in a file, where each has one alone."""

    def __init__(self, tree: ast.Module) -> None:
        self._found: dict[str, set[float]] = {}
        self.factors: set[str] = set()  # names of what stands in `1 - name`
        for node in walk(tree):
            match node:
                case ast.Assign(
                    targets=[ast.Name(id=name) | ast.Attribute(attr=name)], value=value
                ):
                    self._take(name, value)
                case ast.FunctionDef(args=arguments):
                    named = [*arguments.posonlyargs, *arguments.args]
                    last = named[len(named) - len(arguments.defaults) :]
                    for argument, value in zip(last, arguments.defaults, strict=True):
                        self._take(argument.arg, value)
                case ast.Call(keywords=words):
                    for word in words:
                        if word.arg is not None:
                            self._take(word.arg, word.value)
                case ast.BinOp(left=ast.Constant(value=1), op=ast.Sub(), right=ast.Name(id=name)):
                    self.factors.add(name)

    def _take(self, name: str, value: ast.expr) -> None:
        match value:
            case ast.Constant(value=int() | float() as number):
                self._found.setdefault(name, set()).add(number)
            case ast.Name(id=other) | ast.Attribute(attr=other) if other == name:
                pass
            case _:
                self._found.setdefault(name, set()).add(nan)

    def value_of(self, name: str) -> float | None:
        """Return the number that a name stands for, None where that is not known."""
        found = self._found.get(name, set())
        number = next(iter(found)) if len(found) == 1 else nan
        return None if isnan(number) else number


class Forms:
    """One turn of a loop, read in the order of its lines; `sample` says which unknown numbers."""

    def __init__(self, loop: ast.For, numbers: KnownNumbers, sample: int) -> None:
        self._body = loop.body
        self._numbers = numbers
        self._sample = sample
        names = (each.id for each in walk(loop.target) if isinstance(each, ast.Name))
        self._tensors = set(names)
        self._unknown: dict[str, float] = {}
        self._forms: dict[str, Form | None] = {}
        self._aliases: dict[str, str] = {}
        self._lines: dict[str, int] = {}
        self._found: list[Written] = []

    def read(self) -> list[Written]:
        """Return what each tensor has been given at the end of the turn, on each way through it."""
        self._run(self._body)
        self._close()
        return self._found

    def _close(self) -> None:
        for target, line in self._lines.items():
            form = self._forms.get(target)
            self._found.append(Written(target, line, form or {}, not self._unknown))

    def _run(self, statements: list[ast.stmt]) -> bool:
        """Go through statements; return whether they leave the turn before its end."""
        for node in statements:
            match node:
                case ast.Assign(targets=[target], value=value):
                    self._assign(target, value)
                case ast.AugAssign(target=target, op=op, value=value):
                    self._write(target, _combine(self._read(target), op, self._read(value)))
                case ast.Expr(value=ast.Call() as call):
                    self._read(call)
                case ast.With(body=body):
                    if self._run(body):
                        return True
                case ast.If(body=body, orelse=orelse):
                    self._fork(body, orelse)
                case ast.Continue() | ast.Break() | ast.Return() | ast.Raise():
                    return True
        return False

    def _fork(self, body: list[ast.stmt], orelse: list[ast.stmt]) -> None:
        """Go on after the first branch that writes anything and comes to its end."""
        before = dict(self._forms), dict(self._lines), dict(self._aliases)
        leaves = self._run(body)
        if self._lines != before[1]:
            if not leaves and not orelse:
                return
            self._close()
        self._forms, self._lines, self._aliases = before
        self._run(orelse)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        if not isinstance(target, ast.Name):
            self._write(target, self._read(value))
            return
        name = target.id
        self._aliases.pop(name, None)
        if _is_place(value) and self._number(value) is None:
            self._aliases[name] = self._base(value)
        else:
            self._forms[name] = self._read(value)

    def _write(self, target: ast.expr, form: Form | None) -> None:
        base = self._base(target)
        self._forms[base] = form
        self._lines[base] = target.lineno

    def _read(self, node: ast.expr) -> Form | None:
        """Return the weights of what an expression is the sum of; None where it is no sum."""
        match node:
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _scale(self._read(operand), -1.0)
            case ast.BinOp(left=left, op=op, right=right):
                return _combine(self._read(left), op, self._read(right))
            case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _SAME:
                return self._read(inner)
            case ast.Call(func=ast.Attribute(value=inner, attr=name)) if words_of(name) & _METHODS:
                form = self._call(inner, name.rstrip("_"), node)
                if name.endswith("_"):
                    self._write(_root(inner), form)
                return form
        return self._read_one(node)

    def _read_one(self, node: ast.expr) -> Form | None:
        """Return what a number, a name or an item stands for."""
        if isinstance(node, ast.Constant):
            return {"": 1.0 * node.value} if isinstance(node.value, int | float) else None
        number = self._number(node)
        if number is not None:
            return {"": number}
        if not _is_place(node) or (isinstance(node, ast.Attribute) and node.attr == "grad"):
            return None
        base = self._base(node)
        return self._forms.get(base, {base: 1.0})

    def _call(self, inner: ast.expr, name: str, call: ast.Call) -> Form | None:
        """Return what a method of a tensor comes to."""
        own, given = self._read(inner), [self._read(each) for each in call.args]
        words = {word.arg: self._read(word.value) for word in call.keywords}
        if not given or not set(words) <= {"alpha", "weight", "non_blocking"}:
            return None
        other = given[0]
        if name == "copy":
            return other
        if name in ("mul", "div"):
            return _combine(own, ast.Mult() if name == "mul" else ast.Div(), other)
        if name == "lerp":
            weight = given[1] if len(given) > 1 else words.get("weight")
            step = _combine(_combine(other, ast.Sub(), own), ast.Mult(), weight)
            return _combine(own, ast.Add(), step)
        if "alpha" in words:
            other = _combine(other, ast.Mult(), words["alpha"])
        return _combine(own, ast.Add() if name == "add" else ast.Sub(), other)

    def _number(self, node: ast.expr) -> float | None:
        """Return the number that a name stands for: a sample, where that is not known."""
        match node:
            case ast.Name(id=name) if name in self._tensors or name in self._forms:
                return None
            case ast.Name(id=name) | ast.Attribute(attr=name):
                is_method = False
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                is_method = True
            case _:
                return None
        known = None if is_method else self._numbers.value_of(name)
        if not words_of(name) & _FACTORS and name not in self._numbers.factors:
            return None
        if known is not None:
            return known
        unlike = 1 - 0.03 * len(self._unknown)  # so that two are never taken for one
        return self._unknown.setdefault(ast.unparse(node), _SAMPLES[self._sample] * unlike)

    def _base(self, node: ast.expr) -> str:
        text = ast.unparse(_root(node))
        return self._aliases.get(text, text)


_METHODS = word_set("mul add sub div lerp copy")


def words_in(text: str) -> frozenset[str]:
    """Return the words of all names in a text."""
    return frozenset(word for name in re.findall(r"\w+", text) for word in words_of(name))


def _root(node: ast.expr) -> ast.expr:
    """Return what is written to: `p` of `p.data` and of `p.mul_(2)`."""
    while True:
        match node:
            case ast.Attribute(value=inner, attr="data"):
                node = inner
            case ast.Call(func=ast.Attribute(value=inner)):
                node = inner
            case _:
                return node


def _is_place(node: ast.expr) -> bool:
    """Whether an expression is a tensor itself, and no new one."""
    match node:
        case ast.Attribute(value=inner, attr="data"):
            return _is_place(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr="detach")):
            return _is_place(inner)
    return isinstance(node, ast.Name | ast.Attribute | ast.Subscript)


def _scale(form: Form | None, by: float) -> Form | None:
    return None if form is None else {name: weight * by for name, weight in form.items()}


def _combine(one: Form | None, op: ast.operator, other: Form | None) -> Form | None:
    """Return a sum, a difference, or a multiple; None of what is neither."""
    if one is None or other is None:
        return None
    if isinstance(op, ast.Add | ast.Sub):
        sign = 1.0 if isinstance(op, ast.Add) else -1.0
        names = {**one, **other}
        return {name: one.get(name, 0.0) + sign * other.get(name, 0.0) for name in names}
    if isinstance(op, ast.Mult) and set(other) == {""}:
        return _scale(one, other[""])
    if isinstance(op, ast.Mult) and set(one) == {""}:
        return _scale(other, one[""])
    if isinstance(op, ast.Div) and set(other) == {""} and other[""]:
        return _scale(one, 1 / other[""])
    return None
