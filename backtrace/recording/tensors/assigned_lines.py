"""The one line that gives a global variable of the user's the tensor that it holds."""

from __future__ import annotations

import ast

from torch import Tensor

from backtrace.recording.frames import find_line_in
from backtrace.recording.kernels.layouts import find_address
from backtrace.recording.source.source_file import assigned_pairs, read_tree
from backtrace.recording.source.walks import own_nodes
from backtrace.recording.tensors.variables import user_globals


def find_assignment(tensor: Tensor) -> str:
    """Return the line that assigns a tensor of this memory; '' where none or several lines do."""
    for names, path in user_globals():
        held = [name for name, value in names.items() if _is_same(value, tensor)]
        lines = _find_lines(path, held) if held else set()
        if lines:
            return find_line_in([(path, min(lines))]) if len(lines) == 1 else ""
    return ""


def _is_same(value: object, tensor: Tensor) -> bool:
    is_alike = type(value) is Tensor and value.shape == tensor.shape
    return is_alike and find_address(value) == find_address(tensor)  # type: ignore[arg-type]


def _find_lines(path: str, names: list[str]) -> set[int]:
    tree = read_tree(path)
    return {
        node.lineno
        for node in (own_nodes(tree) if tree is not None else ())
        if isinstance(node, ast.Assign)
        for target, _ in assigned_pairs(node)
        if isinstance(target, ast.Name) and target.id in names
    }
