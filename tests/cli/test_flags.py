"""Each flag does what it says."""

from __future__ import annotations

from inspect import unwrap

import pytest

from backtrace.cli import app


@pytest.fixture
def updates(cli):
    """Return the updates of `backtrace run … --format json`."""

    def run(command):
        result = cli(f"run {command} --format json")
        assert result.code == 0, result.err
        return result.document["updates"]

    return run


def calls(update):
    return [call["name"] for call in update["calls"]]


def test_no_zero_grad(updates):
    assert all("zero_grad" in calls(update) for update in updates("linear"))
    assert not any("zero_grad" in calls(update) for update in updates("linear --no-zero-grad"))


def test_accumulate(updates):
    small = updates("accumulate --accumulate 2 --limit 2")
    assert [calls(update).count("backward") for update in small] == [2, 2]
    added = small[0]["parameters"]["0.weight"]["added"]
    assert len(added) == 2 and None not in added


def test_limit_stops_and_never_prolongs(updates):
    assert len(updates("linear --limit 2")) == 2
    assert len(updates("linear --limit 9")) == 4
    assert len(updates("digits --limit 2")) == 2


def test_epochs(updates):
    assert len(updates("linear --epochs 3")) == 3
    assert len(updates("accumulate --epochs 5")) == 5
    assert len(updates("linear --epochs 3 --limit 2")) == 2


def first_value(updates):
    return updates[0]["parameters"]["0.weight"]["value_before"]["norm"]


def test_seed(updates):
    seven = first_value(updates("small_net --seed 7"))
    assert seven == first_value(updates("small_net --seed 7"))
    assert seven != first_value(updates("small_net --seed 8"))


def test_set_goes_anywhere_and_is_typed(updates):
    command = "linear --limit 1 --set optimizer.lr=0.1 --set optimizer.type=Adam"
    (update,) = updates(f"{command} --set init.fc.bias=[2]")
    assert (update["type"], update["lr"]) == ("Adam", [0.1])
    assert update["parameters"]["fc.bias"]["value_before"]["values"] == [2.0]


def test_the_last_set_of_a_key_holds(updates):
    (update,) = updates("linear --limit 1 --set optimizer.lr=0.1 --set optimizer.lr=0.5")
    assert update["lr"] == [0.5]


@pytest.mark.parametrize("dtype", ["float64", "bfloat16"])
def test_dtype(updates, dtype):
    for row in updates(f"linear --limit 2 --dtype {dtype}")[1]["parameters"].values():
        assert row["value_before"]["dtype"] == row["grad_after"]["dtype"] == dtype


def test_device(updates):
    assert updates("linear --device cpu") != []


def test_param(cli, updates):
    (update,) = updates("lenet --limit 1 --param conv1.*")
    assert list(update["parameters"]) == ["conv1.weight", "conv1.bias"]
    (update,) = updates("lenet --limit 1 --param conv1.bias --param fc3.bias")
    assert list(update["parameters"]) == ["conv1.bias", "fc3.bias"]
    text = cli("run lenet --limit 1 --param fc3.*").out
    assert "fc3.weight" in text and "conv1" not in text


def test_param_that_matches_nothing_is_said(cli):
    result = cli("run linear --limit 1 --param conv*")
    assert "conv*" in result.out + result.err


def test_all(cli, tmp_path):
    layers = "".join(f"  - l{n}: Linear(2, 2)\n" for n in range(12))
    (tmp_path / "deep.yaml").write_text(
        f"model:\n{layers}loss: MSELoss\noptimizer: SGD(lr=0.1)\n"
        "data: {source: random, input: [4, 2], target: [4, 2]}\nloop: {updates: 1}\n"
    )
    few, every = cli("run deep.yaml").out, cli("run deep.yaml --all").out
    names = [f"l{n}.{kind}" for n in range(12) for kind in ("weight", "bias")]
    assert sum(name in few for name in names) < 24
    assert "--all" in few and "--all" not in every
    assert all(name in every for name in names)
    assert len(cli("run deep.yaml --format json").document["updates"][0]["parameters"]) == 24


def test_values(cli, updates):
    assert "norm" not in cli("run linear --limit 1").out
    assert "norm" in cli("run linear --limit 1 --values 0").out
    row = updates("lenet --limit 1 --values 150")[0]["parameters"]["conv1.weight"]
    assert len(row["value_before"]["values"]) == 150
    row = updates("lenet --limit 1")[0]["parameters"]["conv1.weight"]
    assert "values" not in row["value_before"]


def test_by_term(cli, updates):
    row = updates("loss_mix --by-term --limit 1")[0]["parameters"]["fc.weight"]
    assert {name: parts[0]["values"] for name, parts in row["terms"].items()} == {
        "mse": pytest.approx([-10.004933], abs=1e-5),
        "l1": pytest.approx([-2.0]),
    }
    assert updates("loss_mix --limit 1")[0]["parameters"]["fc.weight"]["terms"] == {}
    text = cli("run loss_mix --by-term --limit 1").out
    assert "mse" in text and "l1" in text


def test_by_term_does_not_change_training(updates):
    def after(command):
        return [u["parameters"]["fc.weight"]["value_after"]["values"] for u in updates(command)]

    assert after("loss_sums --by-term") == after("loss_sums")


@pytest.mark.parametrize("form", ["table", "json", "md"])
@pytest.mark.parametrize("name", ["cifar10", "optimizers"])
def test_synthetic_is_said_wherever_the_numbers_are(cli, name, form):
    result = cli(f"run {name} --synthetic --limit 1 --format {form}")
    assert result.code == 0
    assert "not CIFAR-10" in " ".join(result.out.split())


def test_synthetic_is_said_in_the_stream_and_in_compare(cli):
    header = cli("run cifar10 --synthetic --limit 1 --format jsonl").lines[0]
    assert "not CIFAR-10" in header["synthetic"]
    compared = cli("compare cifar10 --synthetic --limit 1 --no-zero-grad")
    assert "not CIFAR-10" in " ".join(compared.out.split())


@pytest.mark.parametrize(
    ("chosen", "indices"),
    [
        ("1-2", [1, 2]),
        ("2,4", [2, 4]),
        ("3-", [3, 4]),
        ("last", [4]),
        ("1,last", [1, 4]),
        ("all", [1, 2, 3, 4]),
        ("4,last", [4]),
    ],
)
def test_updates(cli, updates, chosen, indices):
    assert [u["index"] for u in updates(f"linear --updates {chosen}")] == indices
    text = cli(f"run linear --updates {chosen}").out
    assert [n for n in range(1, 5) if f"update {n} ·" in text] == indices


def test_few_updates_are_shown_by_default(cli):
    text = cli("run digits --limit 9").out
    assert [n for n in range(1, 10) if f"update {n} ·" in text] == [1, 2, 3, 9]
    assert len(cli("run digits --limit 9 --format json").document["updates"]) == 9


def test_compare_shows_the_chosen_updates_only(cli):
    text = cli("compare --no-zero-grad --updates 2").out
    table = text[: text.index("first difference")]
    assert [line.split()[0] for line in table.splitlines() if line.strip()[:1].isdigit()] == ["2"]


def test_compare_can_choose_parameters(cli):
    text = cli("compare --no-zero-grad --param fc.bias").out
    assert "fc.bias" in text and "fc.weight   .grad" not in text


def test_settings_in_the_header_are_those_of_the_run(cli):
    header = cli("run linear --limit 2 --set optimizer.lr=0.5 --format json").document["header"]
    assert header["settings"]["updates"] == 2
    assert header["target"] == "linear"
    assert header["command"].startswith("backtrace run linear")


def test_annotations_of_commands_are_no_texts_to_be_compiled_at_each_start():
    texts = [
        f"{info.callback.__name__}: {name}"
        for info in app.registered_commands
        for name, annotation in unwrap(info.callback).__annotations__.items()
        if isinstance(annotation, str)
    ]
    assert texts == []
