"""Optimizers that step beside an Accelerator which was not given them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from backtrace.recording.source.source_file import OPTIMIZERS, Scope


@dataclass(frozen=True)
class UnpreparedOptimizer:
    """`name` is made in `line` and steps, and no `accelerator`.prepare is given it."""

    line: int
    name: str
    accelerator: str


def find_unprepared_optimizers(scope: Scope) -> Iterator[UnpreparedOptimizer]:
    """Give the optimizers that a scope makes and steps, and prepares everything else but."""
    made: dict[str, int] = {}
    stepped, prepared, accelerators = set(), set(), set()
    for node in scope.nodes():
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Name(id=maker) | ast.Attribute(attr=maker)),
            ):
                if maker in OPTIMIZERS:
                    made[name] = node.lineno
                if maker == "Accelerator":
                    accelerators.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="step")):
                stepped.add(owner)
            case ast.Call(func=ast.Attribute(attr="prepare" | "prepare_optimizer")):
                if any(isinstance(each, ast.Starred) for each in node.args):
                    return
                prepared |= {ast.unparse(each) for each in node.args}
    for name, line in made.items():
        if prepared and name in stepped and name not in prepared:
            for accelerator in sorted(accelerators)[:1]:
                yield UnpreparedOptimizer(line, name, accelerator)
