"""Attributes that are written to one part of a data set that was split, and hold for all parts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.source_file import Scope


@dataclass(frozen=True)
class SharedDataset:
    """`name.dataset.attribute = …` in `line`, where `beside` has the same `dataset`."""

    line: int
    name: str
    attribute: str
    beside: str


def find_shared_datasets(scope: Scope) -> Iterator[SharedDataset]:
    """Give what is written to the data set of a part that `random_split` gave, and kept there.

    A part whose `dataset` is replaced first has its own.
    """
    parts: dict[str, list[str]] = {}
    for node in scope.statements():
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Call() as call):
                if ast.unparse(call.func).rpartition(".")[2] == "random_split":
                    given = [each.id for each in names if isinstance(each, ast.Name)]
                    for each in given:
                        parts[each] = [other for other in given if other != each]
            case ast.Assign(targets=[ast.Attribute(value=owner, attr=attribute)]):
                match owner:
                    case ast.Name(id=name) if attribute == "dataset":
                        for beside in parts.pop(name, []):
                            parts[beside] = [each for each in parts[beside] if each != name]
                    case ast.Attribute(value=ast.Name(id=name), attr="dataset"):
                        for beside in parts.get(name, [])[:1]:
                            yield SharedDataset(node.lineno, name, attribute, beside)
