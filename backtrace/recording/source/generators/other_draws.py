"""Draws that are made once more where the one of before was meant: of noise, or of an action."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope, called_name, word_set, words_of

_NOISE = word_set("noise noises eps epsilon epsilons")
_DRAWS = word_set("randn randn_like rand rand_like normal")
_LOSSES = ("loss", "criterion", "crit", "mse", "l1")


def find_other_draws(scope: Scope) -> Iterator[Slip]:
    """Give noise that is a loss's target and nothing else, and what is scored of a new sample."""
    drawn: dict[str, int] = {}
    sampled: dict[str, str] = {}
    asked: list[tuple[int, str]] = []
    for node in scope.nodes():
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func)):
                if called_name(func) in _DRAWS and words_of(name) & _NOISE:
                    drawn[name] = -1 if name in drawn else node.lineno
                elif called_name(func) == "sample" and isinstance(func, ast.Attribute):
                    sampled[ast.unparse(func.value)] = name
            case ast.Call(
                func=ast.Attribute(value=asking, attr="log_prob"),
                args=[ast.Call(func=ast.Attribute(value=other, attr="sample"))],
            ) if ast.dump(asking) == ast.dump(other):
                asked.append((node.lineno, ast.unparse(asking)))
    for line, by in asked:
        if by in sampled:
            yield Slip(line, "other-sample", by, sampled[by])
    yield from _find_lone_targets(scope, {n: line for n, line in drawn.items() if line > 0})


def _find_lone_targets(scope: Scope, drawn: dict[str, int]) -> Iterator[Slip]:
    if not drawn:
        return
    targets: dict[str, set[int]] = {}
    for node in scope.nodes():
        match node:
            case ast.Call(func=func, args=[ast.Name() | ast.Call(), ast.Name(id=name) as second]):
                if name in drawn and called_name(func).lower().endswith(_LOSSES):
                    targets.setdefault(name, set()).add(id(second))
    for name, own in targets.items():
        reads = {id(n) for n in scope.nodes() if _reads(n, name)}
        if reads == own and not scope.is_read_inside(name):
            yield Slip(drawn[name], "other-noise", name)


def _reads(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
