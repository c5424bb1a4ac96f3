"""What the user calls a thing: the name of the global variable that holds it.

Local variables are not looked at: until Python 3.13 that writes to what `locals()` gave the user.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from types import FrameType
from typing import TYPE_CHECKING, Any

from backtrace.explain.graph import module_tree
from backtrace.recording.frames import is_users, read_caller_statement
from backtrace.recording.source.source_file import read_tree
from backtrace.recording.tensors.plain_paths import find_paths

if TYPE_CHECKING:
    from torch import nn

_PARAMETERS_OF = re.compile(r"([A-Za-z_][\w.]*)\.parameters\(")


def find_variable(thing: object) -> str | None:
    """Return the name of `thing` in the module of the innermost frame of the user's that has it."""
    for names, _ in user_globals():
        for name, value in names.items():
            if value is thing and not name.startswith("_"):
                return name
    return None


def find_tensor_names(tensors: Iterable[object], *, in_containers: bool) -> dict[int, str]:
    """Return by id what the user calls tensors: by a global variable, or the way from one.

    The variable of a loop is no name: it is another tensor's in the next turn. `in_containers`
    says whether lists, dicts and objects are gone through for those that no variable names.
    """
    found: dict[int, str] = {}
    wanted = {id(tensor) for tensor in tensors}
    for names, path in user_globals():
        turning = loop_variables(path)
        for name, value in names.items():
            if id(value) in wanted and not name.startswith("_") and name not in turning:
                found.setdefault(id(value), name)
        if in_containers and (left := wanted - found.keys()):
            found |= find_paths(names, left)
    return found


def name_held(tensors: Collection[object], *, is_patient: bool) -> dict[int, str]:
    """Return by id what the user calls tensors that were given to an optimizer.

    Some programs make an optimizer for each image: without patience lists are not gone through.
    """
    found = find_tensor_names(tensors, in_containers=is_patient) if tensors else {}
    return {key: name for key, name in found.items() if ".param_groups[" not in name}


def user_globals() -> Iterator[tuple[dict[str, Any], str]]:
    """Give the global variables of the user's frames, innermost first, with their files."""
    seen: list[dict[str, Any]] = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        names = frame.f_globals
        if is_users(frame.f_code) and not any(names is each for each in seen):
            seen.append(names)
            yield names, frame.f_code.co_filename
        frame = frame.f_back


@lru_cache(maxsize=64)
def loop_variables(path: str) -> frozenset[str]:
    """Return the names that a file's `for` loops give to what they go through."""
    tree = read_tree(path)
    if tree is None:
        return frozenset()
    targets = (node.target for node in ast.walk(tree) if isinstance(node, ast.For))
    names = (part.id for each in targets for part in ast.walk(each) if isinstance(part, ast.Name))
    return frozenset(names)


def read_parameters_of() -> list[str]:
    """Return whose `parameters()` the calling statement asks for, in its order."""
    return list(dict.fromkeys(_PARAMETERS_OF.findall(read_caller_statement())))


def name_whole(written: str, model: nn.Module) -> str:
    """Return `model` of `model.fc`, where that is written of a part of this model."""
    parts = [name for name, _ in module_tree.named_modules(model) if written.endswith(f".{name}")]
    part = max(parts, key=len, default="")
    return written.removesuffix(f".{part}") if part else written
