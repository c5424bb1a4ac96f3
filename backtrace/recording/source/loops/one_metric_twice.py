"""Which names of a class stand for one metric: `self.val_acc = self.train_acc`."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from backtrace.recording.source.loops.metric_classes import MetricClasses
from backtrace.recording.source.source_file import called_name
from backtrace.recording.source.walks import Function, own_nodes

_MAPPINGS = ("ModuleDict", "dict")


class MetricNames:
    """The names `self.…` that a class gives its metrics, of those that it gives once.

    `first` has each with the first name of the same metric, `lines` those that are not the first,
    each with the line that gives it. Two collections of one metric are one: it is counted in both.
    """

    def __init__(self, own: ast.ClassDef, made_of: MetricClasses) -> None:
        self.first: dict[str, str] = {}
        self.lines: dict[str, int] = {}
        self._made_of = made_of
        self._known: dict[str, int] = {}  # names, each with the number of its metric
        self._held: dict[int, int] = {}  # metrics, each with the collection that holds it
        self._counts: Counter[str] = Counter()
        places: dict[str, int] = {}
        for method in own.body:
            if isinstance(method, Function):
                self._known = {n: m for n, m in self._known.items() if n.startswith("self.")}
                places |= self._read(method)
        originals: dict[int, str] = {}
        for name, metric in self._known.items():
            if name.startswith("self.") and self._counts[name] == 1:
                self.first[name] = originals.setdefault(metric, name)
                if self.first[name] != name:
                    self.lines[name] = places[name]

    def first_of(self, node: ast.expr) -> str:
        """Return the first name of the metric that a node stands for; '' of none.

        By whatever key, where a mapping holds one metric under all of its keys.
        """
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Constant):
            start = f"{ast.unparse(node.value)}["
            found = {own for name, own in self.first.items() if name.startswith(start)}
            return found.pop() if len(found) == 1 else ""
        return self.first.get(ast.unparse(node), "")

    def _read(self, method: Function) -> dict[str, int]:
        """Follow what a method gives its names; return each name's line."""
        places: dict[str, int] = {}
        given = [each for each in own_nodes(method) if isinstance(each, ast.Assign)]
        for node in sorted(given, key=lambda each: each.lineno):
            pairs = [(ast.unparse(each), node.value) for each in node.targets]
            metric = self._metric_of(node.value)
            for name, value in [*pairs, *(e for n, v in pairs for e in _entries(n, v))]:
                self._counts[name] += 1
                found = metric if value is node.value else self._metric_of(value)
                places[name] = node.lineno
                if found:
                    self._known[name] = found
                else:
                    self._known.pop(name, None)
        return places

    def _metric_of(self, value: ast.expr) -> int:
        """Return the number of the metric that a value is; 0 of none."""
        if isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
            return self._known.get(ast.unparse(value), 0)
        if not self._made_of.makes(value):
            return 0
        members = [m for each in _members(value) if (m := self._known.get(ast.unparse(each)))]
        held = [self._held[each] for each in members if each in self._held]
        self._held |= dict.fromkeys(members, held[0] if held else id(value))
        return held[0] if held else id(value)


def _members(value: ast.expr) -> list[ast.expr]:
    """Return what a new collection is made of."""
    match value:
        case ast.Call(func=func, args=[inner, *_]) if called_name(func) == "MetricCollection":
            match inner:
                case ast.Dict(values=found) | ast.List(elts=found) | ast.Tuple(elts=found):
                    return found
    return []


def _entries(name: str, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Give what a mapping holds, each under the name that it has there."""
    match value:
        case ast.Call(func=func, args=[ast.Dict() as inner]) if called_name(func) in _MAPPINGS:
            yield from _entries(name, inner)
        case ast.Dict(keys=keys, values=values):
            for key, each in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant):
                    yield f"{name}[{key.value!r}]", each
