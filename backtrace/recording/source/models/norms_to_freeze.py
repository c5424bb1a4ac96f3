"""Options by which a file says that batch norms are not to be trained."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from backtrace.recording.source.slip import Slip
from backtrace.recording.source.source_file import Scope
from backtrace.recording.source.walks import walk

_NORMS = r"(bn|batch_?norm|norm)(s|_layers?)?"
_TRAINS = re.compile(rf"train_{_NORMS}|{_NORMS}_train(able)?", re.IGNORECASE)
_FREEZES = re.compile(rf"(freeze|frozen)_{_NORMS}|{_NORMS}_frozen", re.IGNORECASE)


def find_norms_to_freeze(scope: Scope) -> Iterator[Slip]:
    """Give each `train_bn=False` or `freeze_bn=True`, where the file never says the opposite."""
    if scope.name:
        return
    found = [each for node in walk(scope.tree) for each in _options(node)]
    if all(is_to_freeze for _, _, is_to_freeze, _ in found):
        for name, value, _, owner in found:
            yield Slip(value.lineno, "norms-to-freeze", f"{name}={value.value!r}", owner)


def _options(node: ast.AST) -> Iterator[tuple[str, ast.Constant, bool, str]]:
    """Give the options of a node: name, value, whether it freezes, and whose they are."""
    match node:
        case ast.Call(func=func, keywords=keywords):
            given = [(each.arg or "", each.value, ast.unparse(func)) for each in keywords]
        case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)], value=value):
            given = [(name, value, "")]
        case _:
            return
    for name, value, owner in given:
        if isinstance(value, ast.Constant) and isinstance(value.value, bool):
            trains, freezes = _TRAINS.fullmatch(name), _FREEZES.fullmatch(name)
            if trains or freezes:
                yield name, value, value.value == bool(freezes), owner
