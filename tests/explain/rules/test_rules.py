"""The rules as a family: no autograd inside, and everything promised is there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from torch import nn

from backtrace.explain import rules
from backtrace.explain.rules import TABLE

FOLDER = Path(rules.__file__).parent
FORBIDDEN = {
    "autograd", "requires_grad", "requires_grad_", "backward_", "enable_grad", "vjp", "jvp",
    "grad_fn", "func", "register_hook", "retain_grad",
}  # fmt: skip
PROMISED = """Linear Conv1d Conv2d ConvTranspose2d MaxPool1d MaxPool2d AvgPool1d AvgPool2d
AdaptiveAvgPool2d Flatten ReLU LeakyReLU ELU SELU SiLU GELU Sigmoid Tanh Softplus Hardtanh Softmax
LogSoftmax Dropout BatchNorm1d BatchNorm2d LayerNorm GroupNorm Embedding MultiheadAttention LSTM
GRU MSELoss L1Loss SmoothL1Loss HuberLoss CrossEntropyLoss NLLLoss BCELoss BCEWithLogitsLoss
KLDivLoss""".split()  # noqa: SIM905


def names(tree: ast.AST) -> set[str]:
    found = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {part for alias in node.names for part in alias.name.split(".")}
            found |= set((getattr(node, "module", None) or "").split("."))
    return found


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_no_rule_uses_autograd(path):
    found = names(ast.parse(path.read_text()))
    assert not found & FORBIDDEN
    assert not {name for name in found if name.endswith("_backward") and name != "draws"}
    assert "grad" not in {
        node.module.split(".")[-1]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module
    }
    assert not {"nn.grad"} & {
        ast.unparse(node) for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
    }  # fmt: skip


@pytest.mark.parametrize("name", PROMISED)
def test_everything_promised_has_a_rule(name):
    assert getattr(nn, name) in TABLE


@pytest.mark.parametrize("cls", TABLE, ids=lambda cls: cls.__name__)
def test_every_rule_has_a_formula_and_its_name(cls):
    assert TABLE[cls].name == cls.__name__
    assert "g" in TABLE[cls].formula


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_every_family_names_its_source(path):
    if path.stem not in ("__init__", "backward_rule", "kernel_windows"):
        assert "Source" in (ast.get_docstring(ast.parse(path.read_text())) or "")
