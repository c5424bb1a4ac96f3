"""Which names of a file are metrics of torchmetrics."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from backtrace.recording.source.source_file import word_set
from backtrace.recording.source.walks import walk

MOVED = word_set("to cpu cuda float double half")


@dataclass(frozen=True)
class MetricClasses:
    """The names under which a file has torchmetrics, and classes of it; false without any."""

    modules: frozenset[str]
    classes: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.modules or self.classes)

    def makes(self, value: ast.expr) -> bool:
        """Whether a value is a new metric, put on a device or not."""
        match value:
            case ast.Call(func=ast.Attribute(value=ast.Call() as inner, attr=attr)):
                return attr in MOVED and self.makes(inner)
            case ast.Call(func=ast.Name(id=name)):
                return name in self.classes
            case ast.Call(func=ast.Attribute(attr=attr) as func):
                text = ast.unparse(func)
                is_of_it = text.partition(".")[0] in self.modules
                return is_of_it and attr[:1].isupper() and ".functional." not in text
        return False


def read_metric_classes(tree: ast.Module) -> MetricClasses:
    """Return what a file imports of torchmetrics."""
    modules, classes = set[str](), set[str]()
    for node in walk(tree):
        match node:
            case ast.Import(names=names):
                found = (each for each in names if each.name.partition(".")[0] == "torchmetrics")
                modules |= {each.asname or "torchmetrics" for each in found}
            case ast.ImportFrom(module=str(module), names=names):
                if module.partition(".")[0] == "torchmetrics" and "functional" not in module:
                    given = {each.asname or each.name for each in names}
                    classes |= {each for each in given if each[:1].isupper()}
                    modules |= {each for each in given if each[:1].islower()} - {"functional"}
    return MetricClasses(frozenset(modules), frozenset(classes))
