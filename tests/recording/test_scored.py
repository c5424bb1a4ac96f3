"""What a loss was taken of stands in the books: ŷ and y, and backwards that were cleared again."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

import backtrace
from backtrace.ledger.updates import Update
from backtrace.show.content.grid import build_grid
from backtrace.show.content.heading import score_lines
from backtrace.show.json.document import update_to_dict


def _linear() -> tuple[nn.Linear, torch.Tensor, torch.Tensor]:
    model = nn.Linear(1, 1)
    with torch.no_grad():
        model.weight.fill_(-0.2505)
        model.bias.fill_(0.9166)
    return model, torch.tensor([[1.0], [2.0], [3.0]]), torch.tensor([[1.5], [2.5], [3.5]])


def _one_update(file: str | None = None) -> Update:
    model, x, y = _linear()
    sgd = torch.optim.SGD(model.parameters(), lr=0.01)
    with backtrace.record(model, sgd, file=file) as trace:
        F.mse_loss(model(x), y).backward()
        sgd.step()
    return trace.updates[0]


def test_the_output_of_linear_by_hand():
    (scored,) = _one_update().scored
    assert scored.output.values == pytest.approx(  # w·x + b
        [-0.2505 * 1 + 0.9166, -0.2505 * 2 + 0.9166, -0.2505 * 3 + 0.9166], abs=1e-7
    )
    assert scored.output.values == pytest.approx([0.6661, 0.4156, 0.1651], abs=1e-7)
    assert scored.target.values == (1.5, 2.5, 3.5)
    assert scored.value == pytest.approx(5.387224, abs=1e-6)


def test_it_stands_in_the_table_and_in_json():
    update = _one_update()
    assert score_lines(update) == [
        "ŷ  (3, 1)  0.6661, 0.4156, 0.165100",
        "y  (3, 1)  1.5, 2.5, 3.5",
    ]
    assert update_to_dict(update)["scored"][0]["target"]["values"] == [1.5, 2.5, 3.5]


def test_a_trace_file_gives_it_back(tmp_path):
    path = str(tmp_path / "run.trace")
    live = _one_update(path)
    assert backtrace.load(path).updates[0].scored == live.scored


def test_large_ones_are_told_by_their_statistics_and_classes_by_their_range():
    torch.manual_seed(0)
    model = nn.Linear(4, 10)
    sgd = torch.optim.SGD(model.parameters(), lr=0.01)
    target = torch.arange(20) % 10
    with backtrace.record(model, sgd) as trace:
        output = model(torch.randn(20, 4))
        F.cross_entropy(output, target).backward()
        sgd.step()
    first, second = score_lines(trace.updates[0])
    assert f"norm {output.norm().item():.4f}"[:-1] in first
    assert second == "y  (20,)     0…9"


def test_a_validation_between_two_updates_is_not_taken_for_training():
    model, x, y = _linear()
    sgd = torch.optim.SGD(model.parameters(), lr=0.01)
    with backtrace.record(model, sgd) as trace:
        for _ in range(2):
            with torch.no_grad():
                F.mse_loss(model(10 * x), y)
            F.mse_loss(model(x), y).backward()
            sgd.step()
            sgd.zero_grad()
    assert [len(update.scored) for update in trace.updates[:2]] == [1, 1]
    assert trace.updates[0].scored[0].output.values[0] == pytest.approx(0.6661)


def test_of_many_micro_batches_the_first_and_the_last_are_told():
    model, x, y = _linear()
    sgd = torch.optim.SGD(model.parameters(), lr=0.01)
    with backtrace.record(model, sgd) as trace:
        for factor in range(1, 8):
            F.mse_loss(model(factor * x), y).backward()
        sgd.step()
    lines = score_lines(trace.updates[0])
    assert [line[:3] for line in lines] == ["ŷ 1", "y 1", "ŷ 2", "y 2", "ŷ 3", "y 3",
                                            "… o", "ŷ 7", "y 7"]  # fmt: skip


def test_a_backward_that_was_cleared_again_stands_in_the_table():
    torch.manual_seed(0)
    model = nn.Linear(2, 1)
    sgd = torch.optim.SGD(model.parameters(), lr=0.1)
    x, t = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0]])
    seen = []
    with backtrace.record(model, sgd) as trace:
        for factor in (1, 2):
            sgd.zero_grad()
            F.mse_loss(model(factor * x), t).backward()
            seen.append(model.bias.grad.item())
        sgd.step()
    row = trace.updates[0].rows["bias"]
    assert [reading.values for reading in row.cleared] == [(seen[0],)]
    assert [reading.values for reading in row.added] == [(seen[1],)]
    titles = [column.text for column in build_grid(trace.updates[0]).columns]
    assert titles[:4] == ["value before", "+ backward, cleared", ".grad before", "+ backward"]
