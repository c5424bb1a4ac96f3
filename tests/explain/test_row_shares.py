"""Which rows made a gradient, held to one backward for each row."""

from __future__ import annotations

import pytest
import torch
from command_runs import run_here

from backtrace.config.load import load_config
from backtrace.driver.explained import explain_training
from backtrace.train.training import Training, build_training

START = """
model: {model}
loss: MSELoss
optimizer: {{type: SGD, lr: 0.1}}
data: {{source: random, input: {input}, target: {target}, batch_size: {rows}}}
loop: {{updates: 2, dtype: float64, accumulate: {batches}}}
"""
PLAIN = ["Linear(3, 4)", "Tanh", "Linear(4, 2)"]
CONV = ["Conv2d(2, 3, 3)", "ReLU", "Flatten", "Linear(12, 2)"]
WORDS = [[0, 1, 1, 5], [2, 2, 3, 0], [4, 4, 4, 4], [1, 0, 0, 2], [5, 3, 1, 1]]
SCORES = [[0.5, -1.0], [1.5, 0.25], [-0.5, 0.0], [2.0, 1.0], [0.0, -2.0]]
TABLE = ["Embedding(6, 3, padding_idx=0)", "Flatten", "Linear(12, 2)"]


def make(tmp_path, model, input, target, batches=1) -> Training:
    if isinstance(model, list):
        model = "".join(f"\n  - {layer}" for layer in model)
    else:
        model = f'{{class: "derive_nets:{model}"}}'
    rows = input[0] // batches
    text = START.format(model=model, input=input, target=target, rows=rows, batches=batches)
    if "Embedding" in model:
        text = text.replace(f"source: random, input: {input}", f"source: values, input: {WORDS}")
        text = text.replace(f"target: {target}", f"target: {SCORES}")
    path = tmp_path / "config.yaml"
    path.write_text(text)
    loaded = load_config(path)
    return build_training(loaded.config, loaded.folder, loaded.locate)


def by_hand(training: Training, param: str, batches: int) -> list[torch.Tensor]:
    """Return each row's own gradient: a forward and a backward of that row alone."""
    model, parameter = training.model, dict(training.model.named_parameters())[param]
    grads = []
    batch, found = iter(training.batches), []
    for _ in range(batches):
        x, y = next(batch)
        found += [(x[at : at + 1], y[at : at + 1], len(x) * batches) for at in range(len(x))]
    for x, y, rows in found:
        parameter.grad = None
        loss = torch.nn.functional.mse_loss(model(x), y) / rows
        loss.backward()
        grads.append(parameter.grad.clone())
    return grads


@pytest.mark.parametrize(
    ("model", "param", "input", "target", "batches", "means"),
    [
        (PLAIN, "0.weight", [5, 3], [5, 2], 1, "|∂L/∂y| · |x| of each row"),
        (PLAIN, "2.bias", [5, 3], [5, 2], 1, "∂L/∂y of each row"),
        (PLAIN, "2.weight", [6, 3], [6, 2], 2, "|∂L/∂y| · |x| of each row"),
        (PLAIN, "0.weight", [5, 2, 3], [5, 2, 2], 1, "the products of ∂L/∂y and x"),
        (PLAIN, "0.weight", [5, 9, 3], [5, 9, 2], 1, "the products of ∂L/∂y and x"),
        (PLAIN, "0.bias", [5, 9, 3], [5, 9, 2], 1, "∂L/∂y of each row"),
        (CONV, "0.weight", [4, 2, 4, 4], [4, 2], 1, "the rule, a row at a time"),
        (CONV, "0.bias", [4, 2, 4, 4], [4, 2], 2, "the rule, a row at a time"),
        (TABLE, "0.weight", [5, 4], [5, 2], 1, "at the places of each row"),
        ("Tied", "a.weight", [5, 3], [5, 2], 1, "the rule, a row at a time"),
    ],
)
def test_each_row_is_what_its_own_backward_gives(
    tmp_path, model, param, input, target, batches, means
):
    grads = by_hand(make(tmp_path, model, input, target, batches), param, batches)
    total = sum(grads)
    training = make(tmp_path, model, input, target, batches)
    found = explain_training(training, param=param, rows=True).rows
    assert found is not None and means in found.means
    each = len(grads) // batches
    told = {(row.micro_batch - 1) * each + row.row - 1: row for row in found.rows}
    assert sorted(told) == list(range(len(grads)))
    for at, grad in enumerate(grads):
        assert told[at].norm == pytest.approx(grad.norm().item(), rel=1e-9)
        share = ((grad * total).sum() / total.square().sum()).item()
        assert told[at].share == pytest.approx(share, rel=1e-9, abs=1e-12)
    assert sum(row.share for row in found.rows) == pytest.approx(1, rel=1e-9)
    assert [abs(row.share) for row in found.rows] == sorted(
        (abs(row.share) for row in found.rows), reverse=True
    )
    assert found.gap is not None and found.gap.is_explained


def test_rows_that_are_not_apart_are_not_split(tmp_path):
    norm = ["Linear(3, 4)", "BatchNorm1d(4)", "Linear(4, 2)"]
    found = explain_training(make(tmp_path, norm, [5, 3], [5, 2]), param="1.weight", rows=True).rows
    assert found is not None and not found.rows and "not apart in BatchNorm1d" in found.reason
    behind = explain_training(make(tmp_path, norm, [5, 3], [5, 2]), param="0.weight", rows=True)
    assert behind.rows is not None and "batch norm mixes rows" in behind.rows.notes[0]
    assert explain_training(make(tmp_path, norm, [5, 3], [5, 2])).rows is None


def test_the_command_names_the_rows(tmp_path):
    done = run_here("explain", "linear", "--rows", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    # δ = 2/3·(ŷ − y) and x by hand: each row gives δ·x, of which the gradient is the sum.
    parts = [2 / 3 * gap * x for gap, x in zip((-0.8339, -2.0844, -3.3349), (1, 2, 3), strict=True)]
    lines = [line.split() for line in done.stdout.splitlines() if line.startswith("  row ")]
    assert [line[1] for line in lines] == ["3", "2", "1"]
    for line, part in zip(lines, reversed(parts), strict=True):
        assert float(line[2]) == pytest.approx(abs(part), rel=1e-4)
        assert float(line[3]) == pytest.approx(100 * part / sum(parts), rel=1e-2)
    table = run_here("explain", "linear", "--rows", "--format", "md", cwd=tmp_path).stdout
    assert "| row 3 | 6.6698 | 66.7 % |" in table
