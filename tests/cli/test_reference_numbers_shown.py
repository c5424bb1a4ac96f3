"""The numbers of the reference cases, as `--format json` gives them."""

from __future__ import annotations

import pytest


def near(*numbers):
    return pytest.approx(list(numbers), abs=2e-6, rel=1e-6)


def values(update, parameter, key):
    found = update["parameters"][parameter][key]
    found = found[0] if key == "added" else found
    return None if found is None else found["values"]


@pytest.fixture
def updates(cli):
    return lambda command: cli(f"run {command} --format json").document["updates"]


def test_linear(updates):
    one, two, _, four = updates("linear")
    assert one["loss"] == pytest.approx(5.387224, abs=1e-6)
    assert values(one, "fc.weight", "value_before") == near(-0.2505)
    assert values(one, "fc.bias", "value_before") == near(0.9166)
    for name in ("fc.weight", "fc.bias", "input"):
        assert values(one, name, "grad_before") is None
    assert values(one, "fc.weight", "grad_after") == near(-10.004933)
    assert values(one, "fc.bias", "grad_after") == near(-4.1688)
    assert values(one, "input", "grad_after") == near(0.139261, 0.348095, 0.556928)
    assert values(one, "fc.weight", "value_after") == near(-0.150451)
    assert values(one, "fc.bias", "value_after") == near(0.958288)
    assert values(two, "fc.weight", "grad_before") is None
    assert values(two, "fc.weight", "grad_after") == near(-8.904387)
    assert values(two, "fc.bias", "grad_after") == near(-3.685227)
    assert four["loss"] == pytest.approx(2.706901, abs=1e-6)


def test_linear_without_zero_grad(updates):
    _, two, _, four = updates("linear --no-zero-grad")
    assert values(two, "fc.weight", "grad_before") == near(-10.004933)
    assert values(two, "fc.weight", "added") == near(-8.904387)
    assert values(two, "fc.weight", "grad_after") == near(-18.909321)
    assert values(two, "fc.bias", "grad_after") == near(-7.854027)
    assert values(four, "fc.weight", "grad_after") == near(-29.733099)
    assert values(four, "fc.bias", "grad_after") == near(-12.155670)
    assert values(four, "fc.weight", "value_after") == near(0.593320)
    assert values(four, "fc.bias", "value_after") == near(1.264643)
    assert four["loss"] == pytest.approx(0.915546, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("loss_mix", {"mse": (5.387224, -10.004933, -4.1688), "l1": (2.0844, -2, -1)}),
        (
            "loss_sums",
            {"mse": (5.387224, -10.004933, -4.1688), "sums": (39.102512, -75.038399, -37.519199)},
        ),
    ],
)
def test_loss_terms_and_their_gradients(updates, name, terms):
    one = updates(f"{name} --by-term")[0]
    assert one["terms"] == {t: pytest.approx(v[0], abs=1e-5) for t, v in terms.items()}
    for at, parameter in ((1, "fc.weight"), (2, "fc.bias")):
        row = one["parameters"][parameter]
        for term, numbers in terms.items():
            assert row["terms"][term][0]["values"] == near(numbers[at])
        assert row["grad_after"]["values"] == near(sum(v[at] for v in terms.values()))


def test_lenet_has_six_numbers_where_there_was_none(updates):
    row = updates("lenet --limit 1")[0]["parameters"]["conv1.bias"]
    assert row["shape"] == [6]
    assert row["grad_before"] is None
    assert len(row["grad_after"]["values"]) == 6
    assert all(row["grad_after"]["values"])
