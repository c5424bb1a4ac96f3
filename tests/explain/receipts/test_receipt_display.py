"""What a receipt answers when it is read: its text, its Markdown and its JSON."""

from __future__ import annotations

import json
import re

import pytest
import torch
from command_runs import run_here
from receipt_steps import scalar, step_once
from rich.cells import cell_len
from torch import nn

import backtrace
from backtrace.explain.receipts.sgd import explain_sgd
from backtrace.recording.sensors import receipts
from backtrace.show.json.document import update_to_dict
from backtrace.show.text.receipt import receipt_lines, receipt_to_markdown


def text_of(update, width=80, **options):
    lines = [line.text for line in receipt_lines(update, width, **options)]
    assert all(cell_len(line) <= width for line in lines), lines
    assert "\x1b" not in "".join(lines)
    return "\n".join(lines)


def share_of(text, term):
    found = re.search(rf"^  {term} .* (-?[\d.]+) %", text, re.MULTILINE)
    return float(found[1])


# -- the three questions ----------------------------------------------------------------------


def test_why_did_a_parameter_with_zero_gradient_move():
    """Momentum: the buffer of the first step still moves it when the gradient is gone."""
    model, scale = scalar(), iter([1.0, 0.0])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    update = step_once(
        model, optimizer, lambda m: next(scale) * m(torch.ones(1, 1)).sum(), updates=2
    )
    terms = update.rows["fc.weight"].receipt.terms
    assert terms["gradient"].norm == 0
    assert terms["momentum"].values == pytest.approx((-0.09,))
    assert terms["momentum"].share == pytest.approx(1)
    text = text_of(update)
    assert re.search(r"fc\.weight +-0\.090000 +0 +0 % +-0\.09\d* +100 %", text), text


def test_why_did_a_parameter_with_zero_gradient_move_decay():
    model = scalar()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1, weight_decay=0.5)
    update = step_once(model, optimizer, lambda m: 0 * m(torch.ones(1, 1)).sum())
    terms = update.rows["fc.weight"].receipt.terms
    assert terms["decay"].share == pytest.approx(1, abs=1e-6)
    assert "-0.1 × 1" in text_of(update)  # −lr × weight_decay·value = −0.1 × 0.5·2


def test_how_much_of_this_step_is_decay():
    """value 2, gradient 3, weight decay 0.5: a quarter of 3 + 0.5·2."""
    model = scalar()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=0.5)
    update = step_once(model, optimizer, lambda m: 3 * m(torch.ones(1, 1)).sum())
    text = text_of(update)
    assert update.rows["fc.weight"].receipt.terms["decay"].share == pytest.approx(0.25)
    assert re.search(r"fc\.weight +-0\.4\d* +-0\.3\d* +75\.0 % +-0\.1\d* +25\.0 %", text), text


def test_what_did_the_learning_rate_do():
    """It made 3 into 0.3: the product stands under the number."""
    model = scalar()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    update = step_once(model, optimizer, lambda m: 3 * m(torch.ones(1, 1)).sum())
    text = text_of(update)
    assert "change = gradient, learning rate 0.1" in text
    assert "-0.1 × 3" in text


def test_what_did_the_learning_rate_do_under_adam():
    """The first Adam step moves by lr, whatever the size of the gradient."""
    model = scalar()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    update = step_once(model, optimizer, lambda m: 3e-4 * m(torch.ones(1, 1)).sum())
    assert re.search(r"-0\.1 × (1\b|0\.9999\d)", text_of(update))


# -- how it reads ------------------------------------------------------------------------------


def network(optimizer=torch.optim.AdamW, updates=3, **options):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    made = optimizer(model.parameters(), **{"lr": 0.01} | options)
    return step_once(model, made, lambda m: m(torch.ones(3, 4)).pow(2).mean(), updates=updates)


SGD = {"momentum": 0.9, "weight_decay": 0.1, "nesterov": True}


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("name", ["SGD", "AdamW", "Rprop", "Adafactor", "ASGD"])
def test_every_width_shows_every_parameter_and_term(name, width):
    kind = getattr(torch.optim, name)
    update = network(kind, **(SGD if name == "SGD" else {}))
    text = text_of(update, width)
    for parameter, row in update.rows.items():
        assert parameter in text
        assert all(term in text for term in row.receipt.terms)
    assert text.count("✓") == len(update.rows)


def test_a_network_has_a_line_a_parameter_at_80_columns():
    lines = text_of(network()).splitlines()
    assert len([line for line in lines if line.endswith("✓")]) == 4
    assert len(lines) <= 12


def test_printed_shares_and_norms_are_the_data():
    update = network()
    text = text_of(update)
    for name, row in update.rows.items():
        line = next(line for line in text.splitlines() if line.startswith(name))
        numbers = [float(x) for x in re.findall(r"(?<![\w.])-?\d\.\d+(?:e-\d+)?(?= )", line)]
        assert row.change.norm == pytest.approx(numbers[0], rel=1e-2)
        assert row.receipt.terms["gradient"].norm == pytest.approx(numbers[1], rel=1e-2)


def test_a_wrong_rule_is_seen(monkeypatch):
    def without_momentum(before):
        found = explain_sgd(before)
        return type(found)({"gradient": found.terms["gradient"]})

    monkeypatch.setattr(receipts, "find_receipt", lambda _: without_momentum)
    update = network(torch.optim.SGD, momentum=0.9)
    shown = receipt_lines(update, 80)
    assert sum(line.text.endswith("✗") for line in shown) == 4
    assert [line for line in shown if line.tone == "bad" and "rounding explains" in line.text]
    assert "✗" in receipt_to_markdown(update)


def test_numbers_that_are_not_finite_cannot_be_judged():
    model = scalar(float("inf"))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    update = step_once(model, optimizer, lambda m: m(torch.ones(1, 1)).sum())
    text = text_of(update)
    assert "?" in text and "cannot be judged" in text
    document = json.dumps(update_to_dict(update), allow_nan=False)
    assert '"residual": "NaN"' in document


def test_an_infinite_step_is_not_explained_by_an_infinite_bound():
    model = scalar(1.0).half()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)  # its eps is zero in float16
    update = step_once(model, optimizer, lambda m: 1e-4 * m.fc.weight.sum())
    assert not update.rows["fc.weight"].value_after.norm < 1e4
    text = text_of(update)
    assert "✓" not in text and "cannot be judged" in text


def test_nothing_moved():
    text = text_of(network(torch.optim.SGD, lr=0.0))
    assert "–" in text and "✓" in text


def test_the_reason_is_said_once_for_many_parameters():
    class Mine(torch.optim.SGD):
        def step(self, closure=None):
            return super().step(closure)

    update = network(Mine)
    assert text_of(update) == "receipt  no receipt for Mine (0.weight, 0.bias, 2.weight and 1 more)"
    assert "no receipt for Mine" in receipt_to_markdown(update)


def test_params_and_limit_choose_what_the_table_shows():
    update = network()
    assert "2.weight" not in text_of(update, params=["0.*"])
    assert text_of(update, limit=1).count("✓") == 1


def test_without_receipts_there_is_no_line():
    model = scalar()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with backtrace.record(model, optimizer) as trace:
        model(torch.ones(1, 1)).sum().backward()
        optimizer.step()
    assert receipt_lines(trace.updates[0], 80) == []
    assert receipt_to_markdown(trace.updates[0]) == ""
    assert update_to_dict(trace.updates[0])["parameters"]["fc.weight"]["receipt"] is None


def test_markdown_has_a_cell_a_column():
    text = receipt_to_markdown(network(torch.optim.Adamax))
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len(table) == 6
    assert len({line.count("|") for line in table}) == 1


def test_run_receipt(tmp_path):
    words = ["run", "linear", "--receipt", "--updates", "1"]
    assert "-0.01 × -10.0049" in run_here(*words, cwd=tmp_path).stdout
    document = run_here(*words, "--format", "json", cwd=tmp_path).stdout
    found = json.loads(document)["updates"][0]["parameters"]["fc.weight"]["receipt"]
    assert found["terms"]["gradient"]["values"] == pytest.approx([0.100049], abs=1e-6)
    assert found["residual"] <= found["bound"]
