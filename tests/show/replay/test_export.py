"""`backtrace export`, read back by those who read such files, and held against the trace."""

from __future__ import annotations

import json
import math
import os
import re
import sqlite3
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from command_runs import run_here

from backtrace.errors import TraceFileError, UsageError
from backtrace.ledger.events import (
    BackwardRan,
    Entry,
    LossComputed,
    ParameterSeen,
    Reading,
    StepTaken,
)
from backtrace.ledger.facts import Group, OptimizerSeen
from backtrace.ledger.trace import Header
from backtrace.show.export.choose import choose_format, export_trace
from backtrace.show.export.csv import make_safe
from backtrace.show.export.table import columns
from backtrace.show.json.document import event_to_dict
from backtrace.tracefile import load, open_trace, write_trace

NAN, INF = float("nan"), float("inf")
STATISTICS = ("norm", "mean", "min", "max", "zeros", "nonfinite")


def backtrace(*arguments, cwd, **more):
    command = [sys.executable, "-m", "backtrace", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, check=False, **more)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    runs = {
        "shares": ["loss_shares", "--by-term"],
        "net": ["small_net"],
        "parts": ["accumulate", "--limit", "3"],
        "brief": ["small_net", "--readings", "norm"],
    }
    for name, more in runs.items():
        done = run_here("run", *more, "-o", f"{name}.trace", cwd=folder)
        assert done.returncode == 0, done.stderr
    return folder


def reading(*values):
    """A reading of these float32 numbers, as torch would take it."""
    array = np.array(values)
    with np.errstate(all="ignore"):
        norm, mean = float(np.sqrt((array * array).sum())), float(array.mean())
    low, high = float(array.min()), float(array.max())
    bad = int((~np.isfinite(array)).sum())
    zeros = int((array == 0).sum())
    return Reading((len(values),), "float32", norm, mean, low, high, zeros, bad, values)


def made_up(tmp_path, updates, *, optimizers=("optimizer[0]",), name="w", term="mse"):
    """A trace in which each of `updates` is `(loss, grad)`, of the optimizers in turn."""
    events = []

    def add(kind, **fields):
        at = len(events)
        events.append(kind(index=at, elapsed=at / 4, **fields))

    value = reading(3.0, 4.0)
    for number, optimizer in enumerate(optimizers):
        tensor = name if number == 0 else f"{name}{number}"
        about = {"shape": (2,), "dtype": "float32", "device": "cpu", "requires_grad": True}
        add(ParameterSeen, name=tensor, optimizer=optimizer, value=value, **about)
        groups = (Group((), {"lr": 0.5}), Group((tensor,), {"lr": 0.25}))
        add(OptimizerSeen, optimizer=optimizer, type="SGD", groups=groups)
    for turn, (loss, grad) in enumerate(updates):
        number = turn % len(optimizers)
        tensor = name if number == 0 else f"{name}{number}"
        add(LossComputed, total=loss, terms={term: loss})
        grads = {} if grad is None else {tensor: Entry(None, grad, grad)}
        add(BackwardRan, loss=loss, grads=grads)
        values = {tensor: Entry(value, reading(3.0, 3.5), reading(0.0, -0.5))}
        add(
            StepTaken, optimizer=optimizers[number], type="SGD", lr=(0.5, 0.25),
            grads={tensor: grad}, values=values,
        )  # fmt: skip
    path = tmp_path / "made-up.trace"
    write_trace(path, Header(target="made up", started="2026-01-02T03:04:05+00:00"), events)
    return path


# Numbers are told apart from what does not exist in every format: these are the cases.
ODD = [
    (1.0, reading(0.0, 0.0)),
    (NAN, reading(NAN, 1.0)),
    (INF, reading(-INF, 1.0)),
    (2.0, None),
]


def expected(path):
    """The table as it follows from the updates in memory: a dict for each row."""
    found = []
    for update in load(path).updates:
        for row in update.rows.values():
            accounts = {
                "grad_before": row.grad_before, "grad_after": row.grad_after,
                "value_before": row.value_before, "change": row.change,
                "value_after": row.value_after,
            }  # fmt: skip
            cells = {
                f"{account}_{name}": None if each is None else getattr(each, name)
                for account, each in accounts.items()
                for name in STATISTICS
            }
            terms = {f"loss.{term}": loss for term, loss in update.terms.items()}
            found.append(
                {
                    "update": update.index, "optimizer": update.optimizer, "loss": update.loss,
                    "parameter": row.name, "shape": str(list(row.shape)), "kind": row.kind,
                    **cells, **terms,
                }
            )  # fmt: skip
    return found


def same(one, other):
    """Whether two cells are equal, NaN to NaN, and what is missing to None."""
    if other is None or one is None:
        return one is other
    if isinstance(other, float) and math.isnan(other):
        return isinstance(one, float) and math.isnan(one)
    return one == other


def differences(rows, wanted):
    assert len(rows) == len(wanted) > 0
    return [
        (number, key, row[key], value)
        for number, (row, cells) in enumerate(zip(rows, wanted, strict=True))
        for key, value in cells.items()
        if not same(row[key], value)
    ]


EXTRAS = {"parquet": "pyarrow", "tensorboard": "tensorboard"}


def need(format_):
    """Skip where the extra of a format is not installed."""
    if format_ in EXTRAS:
        pytest.importorskip(EXTRAS[format_])


# -- csv --------------------------------------------------------------------------------------


def read_csv(path):
    """Read as pandas does, with None for an empty cell and NaN for `nan` only."""
    pandas = pytest.importorskip("pandas")
    table = pandas.read_csv(path, keep_default_na=False, na_values={}, dtype=str)
    numbers = {column.name: column.type for column in columns(())}
    read = {"number": float, "count": int, "truth": {"True": True, "False": False}.get}

    def cell(name, text):
        kind = numbers.get(name, "number" if name.startswith(("loss.", "share.")) else "text")
        return None if text == "" else text if kind == "text" else read[kind](text)

    return [
        {name: cell(name, text) for name, text in row.items()} for row in table.to_dict("records")
    ]


@pytest.mark.parametrize("name", ["shares", "net", "parts"])
def test_csv_holds_the_numbers_of_the_trace_exactly(folder, name, tmp_path):
    export_trace(folder / f"{name}.trace", str(tmp_path / "run.csv"), None)
    rows = read_csv(tmp_path / "run.csv")
    assert differences(rows, expected(folder / f"{name}.trace")) == []


def test_pandas_reads_types_without_being_told(folder, tmp_path):
    pandas = pytest.importorskip("pandas")
    export_trace(folder / "net.trace", str(tmp_path / "run.csv"), None)
    table = pandas.read_csv(tmp_path / "run.csv")
    assert table["update"].dtype == "int64" and table["loss"].dtype == "float64"
    assert table["is_complete"].dtype == bool and table["has_grad"].dtype == bool
    ratio = table.change_norm / table.value_before_norm
    assert np.allclose(table.update_ratio.dropna(), ratio[table.update_ratio.notna()], rtol=1e-15)
    losses = table.drop_duplicates(["optimizer", "update"]).loss.tolist()
    assert np.allclose(losses, load(folder / "net.trace").losses, rtol=1e-12)


def test_a_gradient_of_none_of_zeros_and_of_nan_are_three_things(tmp_path):
    path = made_up(tmp_path, ODD)
    export_trace(path, str(tmp_path / "run.csv"), None)
    lines = (tmp_path / "run.csv").read_text().splitlines()
    names = lines[0].split(",")
    cells = [dict(zip(names, line.replace('"[2]"', "[2]").split(","), strict=True))
             for line in lines[1:]]  # fmt: skip
    assert [row["grad_after_norm"] for row in cells] == ["0.0", "nan", "inf", ""]
    assert [row["grad_after_min"] for row in cells] == ["0.0", "nan", "-inf", ""]
    assert [row["grad_after_zeros"] for row in cells] == ["2", "0", "0", ""]
    assert [row["has_grad"] for row in cells] == ["True", "True", "True", "False"]
    assert [row["loss"] for row in cells] == ["1.0", "nan", "inf", "2.0"]
    assert [row["lr"] for row in cells] == ["0.25"] * 4  # of the second group, which holds it
    assert [row["update_ratio"] for row in cells] == ["0.1"] * 4  # 0.5 / ‖(3, 4)‖
    # events 0 and 1 come first, then three an update: the first step is event 4, at 4 / 4 s
    assert [row["elapsed"] for row in cells] == ["1.0", "1.75", "2.5", "3.25"]


def test_what_was_not_kept_is_empty_and_what_was_is_there(folder, tmp_path):
    export_trace(folder / "brief.trace", str(tmp_path / "run.csv"), None)
    rows = [row for row in read_csv(tmp_path / "run.csv") if row["kind"] == "parameter"]
    assert all(row["grad_after_mean"] is None for row in rows)
    assert all(row["grad_after_norm"] > 0 and row["grad_after_zeros"] >= 0 for row in rows)


def test_micro_batches_are_counted_and_no_sum_is_made_up(folder, tmp_path):
    export_trace(folder / "parts.trace", str(tmp_path / "run.csv"), None)
    rows = [row for row in read_csv(tmp_path / "run.csv") if row["kind"] == "parameter"]
    wanted = [
        sum(each is not None for each in row.added)
        for update in load(folder / "parts.trace").updates
        for row in update.rows.values()
        if row.kind == "parameter"
    ]
    assert [row["backwards"] for row in rows] == wanted and max(wanted) > 1
    assert all(row["added_norm"] is None for row in rows if row["backwards"] > 1)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), ("'=1", "''=1"), ("fc.weight", "fc.weight"),
        (-1.5, -1.5), (None, None),
    ],
)  # fmt: skip
def test_no_name_becomes_a_formula(text, safe):
    assert make_safe(text) == safe


def test_a_name_with_everything_in_it_comes_back(tmp_path):
    name = '=cmd|"/c calc"!A1,\n\udc80层'
    path = made_up(tmp_path, [(1.0, reading(1.0, 1.0))], name=name, term="=2+5")
    export_trace(path, str(tmp_path / "run.csv"), None)
    (row,) = read_csv(tmp_path / "run.csv")
    assert row["parameter"] == "'" + name.replace("\udc80", "\\udc80")
    assert row["loss.=2+5"] == 1.0


def test_stdout_is_clean_and_utf_8_whatever_the_terminal(tmp_path):
    path = made_up(tmp_path, [(1.0, reading(1.0, 1.0))], name="层\udc80")
    export_trace(path, str(tmp_path / "run.csv"), None)
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    for arguments in ([], ["-o", "-"], ["--format", "csv"]):
        done = backtrace("export", path.name, *arguments, cwd=tmp_path, env=environment)
        assert done.stdout == (tmp_path / "run.csv").read_bytes() and done.stderr == b""


def test_a_closed_pipe_is_no_error(folder):
    code = f"{sys.executable} -m backtrace export net.trace | head -c 10; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", code], cwd=folder, capture_output=True, check=False)
    assert (done.returncode, done.stderr, len(done.stdout)) == (0, b"", 10)


def test_param_chooses_rows(folder, tmp_path):
    export_trace(folder / "net.trace", str(tmp_path / "run.csv"), None, params=("*.bias",))
    names = {row["parameter"] for row in read_csv(tmp_path / "run.csv")}
    wanted = {row["parameter"] for row in expected(folder / "net.trace")}
    assert names == {name for name in wanted if name.endswith(".bias")} != set()


# -- jsonl ------------------------------------------------------------------------------------


def test_jsonl_is_what_the_run_would_have_written(folder, tmp_path):
    target = tmp_path / "run.jsonl"
    export_trace(folder / "shares.trace", str(target), None)
    first, *lines, last = map(json.loads, target.read_text("utf-8").splitlines())
    assert first["event"] == "Header" and first["target"] == "loss_shares"
    assert last["event"] == "Finished" and last["diagnosis"]["updates"] == 4
    events = load(folder / "shares.trace").events
    assert lines == [json.loads(json.dumps(event_to_dict(event))) for event in events]
    live = run_here("run", "loss_shares", "--by-term", "--format", "jsonl", cwd=folder)
    kinds = [json.loads(line)["event"] for line in live.stdout.splitlines()]
    assert kinds == [line["event"] for line in (first, *lines, last)]


def test_jsonl_tells_nan_infinity_and_none_apart(tmp_path):
    export_trace(made_up(tmp_path, ODD), str(tmp_path / "run.jsonl"), None)
    lines = map(json.loads, (tmp_path / "run.jsonl").read_text("utf-8").splitlines())
    grads = [line["grads"]["w"] for line in lines if line["event"] == "StepTaken"]
    assert [grad and grad["norm"] for grad in grads] == [0.0, "NaN", "Infinity", None]


# -- parquet ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["shares", "net", "parts", "odd"])
def test_parquet_holds_the_numbers_of_the_trace_exactly(folder, name, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    path = made_up(tmp_path, ODD) if name == "odd" else folder / f"{name}.trace"
    export_trace(path, str(tmp_path / "run.parquet"), None)
    table = parquet.read_table(tmp_path / "run.parquet")
    assert differences(table.to_pylist(), expected(path)) == []
    header = json.loads(table.schema.metadata[b"backtrace"])
    assert header["started"] == load(path).header.started
    if name == "shares":
        shares = np.array([table[f"share.{term}"].to_pylist() for term in ("mse", "far")])
        kinds = np.array(table["kind"].to_pylist())
        assert np.allclose(shares[:, kinds == "parameter"].astype(float).sum(0), 1)


def test_parquet_is_written_in_groups(monkeypatch, folder, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr("backtrace.show.export.parquet._ROWS", 3)
    export_trace(folder / "net.trace", str(tmp_path / "run.parquet"), None)
    file = parquet.ParquetFile(tmp_path / "run.parquet")
    assert file.num_row_groups == math.ceil(file.metadata.num_rows / 3) > 2
    assert differences(file.read().to_pylist(), expected(folder / "net.trace")) == []


def test_pandas_reads_parquet(tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    export_trace(made_up(tmp_path, ODD), str(tmp_path / "run.parquet"), None)
    table = pandas.read_parquet(tmp_path / "run.parquet", dtype_backend="pyarrow")
    assert table.grad_after_norm.isna().tolist() == [False, False, False, True]


# -- TensorBoard ------------------------------------------------------------------------------


def accumulate(folder):
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    found = reader.EventAccumulator(str(folder), size_guidance={"scalars": 0, "histograms": 0})
    return found.Reload()


def series(found, tag):
    return [(event.step, event.value) for event in found.Scalars(tag)]


def as_float32(points):
    return [(step, float(np.float32(value))) for step, value in points]


def test_tensorboard_reads_the_scalars_of_the_trace(folder, tmp_path):
    pytest.importorskip("tensorboard")
    export_trace(folder / "shares.trace", str(tmp_path / "tb"), "tensorboard")
    found = accumulate(tmp_path / "tb")
    updates = load(folder / "shares.trace").updates
    assert series(found, "loss") == as_float32([(u.index, u.loss) for u in updates])
    for term in ("mse", "far"):
        wanted = as_float32([(u.index, u.terms[term]) for u in updates])
        assert series(found, f"loss_terms/{term}") == wanted
    for name in ("fc.weight", "fc.bias"):
        rows = [(u.index, u.rows[name]) for u in updates]
        for tag, number in {
            "grad_norm": lambda row: row.grad_after.norm,
            "value_norm": lambda row: row.value_after.norm,
            "update_ratio": lambda row: row.change.norm / row.value_before.norm,
        }.items():
            wanted = as_float32([(step, number(row)) for step, row in rows])
            assert series(found, f"{tag}/{name}") == wanted
    assert series(found, "lr/group 0") == as_float32([(n, 0.01) for n in (1, 2, 3, 4)])
    tags = {*found.Tags()["scalars"], *found.Tags()["histograms"]}
    assert not [tag for tag in tags if tag.endswith("/input")]


def test_tensorboard_reads_times_and_numbers_that_are_not_finite(tmp_path):
    pytest.importorskip("tensorboard")
    path = made_up(tmp_path, ODD)
    export_trace(path, str(tmp_path / "tb"), "tensorboard")
    found = accumulate(tmp_path / "tb")
    # 2026-01-02T03:04:05 UTC is 1767323045 s after 1970; the steps took place as in the csv
    times = [1767323045 + elapsed for elapsed in (1.0, 1.75, 2.5, 3.25)]
    assert [event.wall_time for event in found.Scalars("loss")] == times
    values = [value for _, value in series(found, "loss")]
    assert values[0] == 1 and math.isnan(values[1]) and values[2] == INF and values[3] == 2
    assert [step for step, _ in series(found, "grad_norm/w")] == [1, 2, 3]  # None is no point


def test_tensorboard_reads_histograms_where_elements_were_kept(tmp_path):
    pytest.importorskip("tensorboard")
    path = made_up(tmp_path, [(1.0, reading(1.0, 2.0)), (1.0, reading(NAN, 1.0))])
    export_trace(path, str(tmp_path / "tb"), "tensorboard")
    found = accumulate(tmp_path / "tb")
    first, second = (event.histogram_value for event in found.Histograms("grad/w"))
    assert (first.min, first.max, first.num, first.sum, first.sum_squares) == (1, 2, 2, 3, 5)
    assert sum(first.bucket) == 2 and first.bucket[0] == first.bucket[-1] == 1
    assert first.bucket_limit[-1] == 2
    assert (second.num, second.sum) == (1, 1)  # of the finite ones
    third = found.Histograms("value/w")[0].histogram_value
    assert (third.min, third.max, third.sum) == (3, 3.5, 6.5)


@pytest.mark.filterwarnings("error")
def test_histograms_take_any_finite_numbers(tmp_path):
    pytest.importorskip("tensorboard")
    pairs = [(1.0, math.nextafter(1, 2)), (-1.7e308, 1.7e308), (0.0, 5e-324), (2.0, 2.0)]
    path = made_up(tmp_path, [(1e300, reading(*pair)) for pair in pairs])
    export_trace(path, str(tmp_path / "tb"), "tensorboard")
    found = accumulate(tmp_path / "tb")
    shown = [event.histogram_value for event in found.Histograms("grad/w")]
    assert [(each.min, each.max, each.num) for each in shown] == [(*pair, 2) for pair in pairs]
    assert all(sum(each.bucket) == 2 for each in shown)
    assert all(each.bucket_limit[-1] == each.max for each in shown[:2])
    assert series(found, "loss") == [(n, INF) for n in (1, 2, 3, 4)]  # scalars have 32 bits


def test_each_optimizer_has_a_folder_and_none_leads_outside(tmp_path):
    pytest.importorskip("tensorboard")
    names = ("generator", "../../evil", "..//..!evil", "...")
    updates = [(float(n), reading(1.0, 1.0)) for n in range(8)]
    path = made_up(tmp_path, updates, optimizers=names)
    export_trace(path, str(tmp_path / "tb"), "tensorboard")
    folders = sorted(each.name for each in (tmp_path / "tb").iterdir())
    assert len(folders) == 4 and "generator" in folders
    assert all(each.parent == tmp_path / "tb" for each in (tmp_path / "tb").iterdir())
    assert series(accumulate(tmp_path / "tb" / "generator"), "loss") == [(1, 0.0), (2, 4.0)]
    assert not (tmp_path.parent / "evil").exists() and not (tmp_path / "evil").exists()


def test_many_optimizers_do_not_run_out_of_files(tmp_path):
    pytest.importorskip("tensorboard")
    names = tuple(f"optimizer[{n}]" for n in range(40))
    updates = [(float(n), reading(1.0, 1.0)) for n in range(80)]  # each comes back once
    path = made_up(tmp_path, updates, optimizers=names)
    export_trace(path, str(tmp_path / "tb"), "tensorboard")
    for number in (0, 7, 39):
        found = accumulate(tmp_path / "tb" / f"optimizer[{number}]")
        assert series(found, "loss") == [(1, float(number)), (2, float(number + 40))]


# -- what may go wrong ------------------------------------------------------------------------


def test_nothing_is_overwritten_without_force(folder, tmp_path):
    target = tmp_path / "run.csv"
    target.write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        export_trace(folder / "net.trace", str(target), None)
    assert target.read_text() == "mine"
    export_trace(folder / "net.trace", str(target), None, force=True)
    assert target.read_text().startswith("update,")
    assert [each.name for each in tmp_path.iterdir()] == ["run.csv"]


def test_the_trace_itself_is_never_overwritten(folder, tmp_path):
    path = made_up(tmp_path, ODD)
    (tmp_path / "link.csv").symlink_to(path)
    before = path.read_bytes()
    for target in (path, tmp_path / "link.csv"):
        with pytest.raises(UsageError, match="is the trace itself"):
            export_trace(path, str(target), "csv", force=True)
    assert path.read_bytes() == before


def test_a_folder_with_files_of_others_is_left_alone(folder, tmp_path):
    pytest.importorskip("tensorboard")
    target = tmp_path / "runs"
    target.mkdir()
    (target / "events.out.tfevents.1.theirs").write_text("theirs")
    for force in (False, True):
        with pytest.raises(UsageError, match="holds what no export wrote"):
            export_trace(folder / "net.trace", str(target), "tensorboard", force=force)
    (target / "events.out.tfevents.1.theirs").unlink()
    export_trace(folder / "net.trace", str(target), "tensorboard")
    with pytest.raises(UsageError, match="add --force"):
        export_trace(folder / "net.trace", str(target), "tensorboard")
    export_trace(folder / "net.trace", str(target), "tensorboard", force=True)
    (file,) = target.iterdir()
    assert file.name.endswith(".backtrace")


def test_the_folder_that_the_help_names_is_made(folder, tmp_path):
    pytest.importorskip("tensorboard")
    target = tmp_path / "runs" / "first"
    export_trace(folder / "net.trace", str(target), "tensorboard")
    assert [each.name.endswith(".backtrace") for each in target.iterdir()] == [True]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["-o", "run.txt"], "its ending tells no format"),
        (["-o", "run.csv", "--format", "jsonl"], "is named as csv, and --format says jsonl"),
        (["-o", "nowhere/run.csv"], "there is no folder nowhere"),
        (["-o", ".", "--format", "csv"], "is a folder"),
        (["--format", "parquet"], "add -o"),
        (["--format", "tensorboard", "-o", "-"], "add -o"),
        (["--format", "jsonl", "--param", "fc*"], "--param"),
    ],
)
def test_mistakes_are_told(folder, arguments, word):
    done = run_here("export", "net.trace", *arguments, cwd=folder)
    assert done.returncode == 2 and done.stdout == ""
    assert word in done.stderr and "Traceback" not in done.stderr


def test_the_ending_tells_the_format(tmp_path):
    assert choose_format(None, None) == "csv"
    assert choose_format(tmp_path / "a.JSONL", None) == "jsonl"
    assert choose_format(tmp_path / "a.parquet", None) == "parquet"
    assert choose_format(tmp_path / "a.txt", "csv") == "csv"


@pytest.mark.parametrize(
    ("package", "format_", "extra"),
    [("pyarrow", "parquet", "[parquet]"), ("tensorboard", "tensorboard", "[tensorboard]")],
)
def test_a_missing_extra_is_named(folder, package, format_, extra, tmp_path):
    code = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from backtrace.__main__ import run_command_line\n"
        f"sys.argv = ['backtrace', 'export', 'net.trace', '-o', {str(tmp_path / 'run')!r}, "
        f"'--format', {format_!r}]\nsys.exit(run_command_line())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and f"pip install 'torch-backtrace{extra}'" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet", "tensorboard"])
def test_a_damaged_trace_leaves_nothing_behind(tmp_path, format_):
    need(format_)
    path = made_up(tmp_path, [(1.0, reading(1.0, 1.0))] * 40)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE events SET data = 'x' WHERE id = (SELECT max(id) FROM events)")
    connection.commit()
    connection.close()
    with pytest.raises(TraceFileError, match="is damaged"):
        export_trace(path, str(tmp_path / "run"), format_)
    assert [each.name for each in tmp_path.iterdir()] == ["made-up.trace"]


def test_a_full_disk_is_told(folder):
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    done = subprocess.run(
        f"{sys.executable} -m backtrace export net.trace > /dev/full",
        shell=True, cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2 and "No space left" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_an_unfinished_run_left_is_told_apart(tmp_path):
    path = made_up(tmp_path, [(1.0, reading(1.0, 1.0))])
    events = [*load(path).events]
    grads = {"w": Entry(reading(1.0, 1.0), reading(2.0, 2.0), reading(1.0, 1.0))}
    events.append(BackwardRan(index=len(events), elapsed=9.0, loss=3.0, grads=grads))
    write_trace(path, Header(), events, force=True)
    export_trace(path, str(tmp_path / "run.csv"), None)
    done, rest = read_csv(tmp_path / "run.csv")
    assert (done["is_complete"], rest["is_complete"]) == (True, False)
    assert (rest["update"], rest["loss"], rest["elapsed"], rest["lr"]) == (2, 3.0, None, None)


def test_torch_is_not_imported(folder, tmp_path):
    formats = ["csv", "jsonl", *(name for name, needed in EXTRAS.items() if find_spec(needed))]
    code = (
        "import sys; from backtrace.__main__ import run_command_line\n"
        f"for each in {formats!r}:\n"
        f"    words = 'net.trace', '-o', {str(tmp_path)!r} + '/' + each, '--format', each\n"
        "    sys.argv = ['backtrace', 'export', *words]\n"
        "    assert run_command_line() == 0\n"
        "    assert not {'torch', 'tensorflow'} & sys.modules.keys(), each"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "".join(f"{tmp_path / each}\n" for each in formats)


def test_memory_does_not_grow_with_the_trace(tmp_path):
    import tracemalloc

    peaks = []
    for updates in (100, 1000):
        folder = tmp_path / str(updates)
        folder.mkdir()
        path = made_up(folder, [(1.0, reading(1.0, 1.0))] * updates)
        tracemalloc.start()
        export_trace(path, str(folder / "run.csv"), None)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        with open_trace(path) as trace:
            assert len(trace.updates) == updates
    assert peaks[1] < 1.3 * peaks[0]


def test_every_column_and_tag_is_documented(folder, tmp_path):
    page = (Path(__file__).parents[3] / "docs" / "export.md").read_text("utf-8")
    told = set(re.findall(r"`([^`\n]+)`", page))
    names = {re.sub(r"_(norm|mean|min|max|zeros|nonfinite)$", "_*", c.name) for c in columns(())}
    assert names - told == set() and {"loss.TERM", "share.TERM"} <= told
    pytest.importorskip("tensorboard")
    export_trace(folder / "shares.trace", str(tmp_path / "tb"), "tensorboard")
    tags = accumulate(tmp_path / "tb").Tags()
    found = {tag.partition("/")[0] for kind in ("scalars", "histograms") for tag in tags[kind]}
    exported = set(re.findall(r"`([^`\n]+)`", page.partition("## Into the run that is open")[0]))
    tags = {word.partition("/")[0] for word in exported if word == "loss" or "/" in word}
    assert found == tags - {"runs"}


# -- a timeline ---------------------------------------------------------------------------------


def test_a_timeline_has_the_calls_the_losses_and_the_findings(folder):
    export_trace(folder / "parts.trace", str(folder / "parts.json"), None)
    found = json.loads((folder / "parts.json").read_text("utf-8"))["traceEvents"]
    trace = load(folder / "parts.trace")
    slices = [each for each in found if each["ph"] == "X"]
    calls = [call for update in trace.updates for call in update.calls]
    assert [each["name"] for each in slices] == [call.name for call in calls]
    assert [each["args"]["where"] for each in slices] == [call.where for call in calls]
    ends = [each["ts"] + each["dur"] for each in slices]
    begins = [each["ts"] for each in slices[1:]]
    assert begins == pytest.approx(ends[:-1])  # one follows on the other
    losses = [each for each in found if each["ph"] == "C" and each["name"] == "loss"]
    assert [each["args"]["value"] for each in losses] == trace.losses
    assert [each["ts"] for each in losses] == pytest.approx(
        [1e6 * update.elapsed for update in trace.updates]
    )
    told = [each["name"] for each in found if each["ph"] == "i"]
    assert told == [f"{f.severity} {f.code} {f.pattern}" for f in trace.findings]
    assert {each["pid"] for each in found} == {0}
