"""Who may change torch, and who may read what is in a tensor: held by the source itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import backtrace

PACKAGE = Path(backtrace.__file__).parent
# `train` trains, `explain` works on tensors by its nature, `steer` is there to change a run.
FREE = ("train", "explain", "steer")
PATCHES = "recording/hooks"
READS = "recording/kernels"

READERS = {
    "item", "tolist", "numpy", "__float__",
    "equal", "allclose", "isclose", "isfinite", "isnan", "isinf",
    "sum", "mean", "norm", "vector_norm", "dot", "prod", "std", "var", "var_mean", "logsumexp",
    "amax", "amin", "aminmax", "argmax", "argmin", "max", "min", "all", "any", "abs",
    "count_nonzero", "nonzero", "cosine_similarity", "histc", "unique", "sign", "square",
}  # fmt: skip


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def files(*, outside: str, under: str = "") -> list[Path]:
    """Return the files under a folder that are not in the one that may."""
    return [
        path
        for path in sorted(PACKAGE.rglob("*.py"))
        if name_of(path).startswith(under)
        and not name_of(path).startswith((outside, "bundled", *(FREE if not under else ())))
    ]


def torchs_names(tree: ast.AST) -> set[str]:
    """Return the names that a file imports from torch."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {(a.asname or a.name).split(".")[0] for a in node.names if is_torchs(a.name)}
        elif isinstance(node, ast.ImportFrom) and is_torchs(node.module or ""):
            found |= {alias.asname or alias.name for alias in node.names}
    return found


def is_torchs(module: str) -> bool:
    return module.split(".", maxsplit=1)[0] == "torch"


def root_of(node: ast.AST) -> str:
    """Return the name that `a.b[c].d` begins with."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def called(node: ast.AST) -> tuple[str, bool]:
    """Return the last part of what is called, and whether it is a method or of a module."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr, True
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id, False
    return "", False


def is_patch(node: ast.AST, torchs: set[str]) -> bool:
    """Whether a piece of source changes torch: by assignment, by its hooks, by a filter."""
    name, _ = called(node)
    if name in {"setattr", "delattr"}:
        return root_of(node.args[0]) != "self"  # type: ignore[attr-defined]
    if name == "filterwarnings":
        return True
    if name.startswith("register_") and name.endswith("hook"):
        return True
    targets = getattr(node, "targets", [getattr(node, "target", None)])
    return isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Delete) and any(
        isinstance(each, ast.Attribute | ast.Subscript) and root_of(each) in torchs
        for each in targets
    )


# A file with none of these words needs no look at each of its nodes.
CAN_PATCH = re.compile(r"torch|setattr|delattr|filterwarnings|register_\w*hook")


def patches(source: str) -> Iterator[str]:
    """Give the lines that change torch."""
    if not CAN_PATCH.search(source):
        return
    tree = ast.parse(source)
    torchs = torchs_names(tree)
    for node in ast.walk(tree):
        if is_patch(node, torchs):
            yield f"{node.lineno}: {ast.unparse(node)[:60]}"  # type: ignore[attr-defined]


def reads(source: str) -> Iterator[str]:
    """Give the lines that turn elements of tensors into numbers, or compare them.

    `float(x)` is among them: whether `x` is a tensor, the source does not tell.
    """
    for node in ast.walk(ast.parse(source)):
        name, is_method = called(node)
        if (is_method and name in READERS) or (not is_method and name == "float"):
            yield f"{node.lineno}: {ast.unparse(node)[:60]}"  # type: ignore[attr-defined]


def test_only_the_hooks_change_torch():
    found = {
        name_of(path): lines
        for path in files(outside=PATCHES)
        if (lines := list(patches(path.read_text())))
    }
    assert found == {}


def test_only_the_kernels_read_tensors():
    found = {
        name_of(path): lines
        for path in files(outside=READS, under="recording")
        if (lines := list(reads(path.read_text())))
    }
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "torch.autograd.backward = ours",
        "nn.Module.zero_grad = ours",
        "setattr(nn.Module, name, ours)",
        "delattr(functional, name)",
        "del nn.Module.zero_grad",
        "leaf.register_hook(ours)",
        "tensor.register_post_accumulate_grad_hook(ours)",
        "register_module_forward_hook(ours)",
        "warnings.filterwarnings('ignore')",
    ],
)
def test_a_patch_is_seen(line):
    assert list(patches(f"import torch\nfrom torch import nn\n{line}\n"))


@pytest.mark.parametrize(
    "line",
    ["x.item()", "x.sum()", "torch.equal(x, y)", "torch.isfinite(x)", "float(x)", "x.tolist()"],
)
def test_a_reading_is_seen(line):
    assert list(reads(line))
