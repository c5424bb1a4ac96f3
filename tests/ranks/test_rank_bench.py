"""Distributed bugs, their mended twins and correct loops, each run on two ranks in one launch."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from launching import SOURCE, launch, torchrun
from rank_programs import PROGRAMS
from rank_scripts import read_scripts

from backtrace.compare.trace_pair import compare_traces
from backtrace.diagnose.catalogue import load_rank_rules
from backtrace.diagnose.diagnose import Diagnosis
from backtrace.diagnose.ranks.rank_run import RankRun
from backtrace.driver.rank_judgement import judge_trace
from backtrace.ledger.events import GradsReduced
from backtrace.show.content.call_line import calls_line
from backtrace.show.text.update_line import books_mark
from backtrace.tracefile import TraceFile, open_trace

NAMES = [*PROGRAMS, "unequal_steps"]
RIGHT = [name for name in NAMES if name.endswith("_fixed") or name.startswith("right_")]
# Each bug, the rule that tells it, the update at which it can be seen, and a word of what it says.
BUGS = {
    "raw_module": ("BT702", 1, "the module inside the wrapper was called"),
    "unfrozen_late": ("BT702", 2, "required a gradient when it was made"),
    "no_sync_last": ("BT702", 1, "no_sync"),
    "other_seeds": ("BT701", 1, "not the same before the first update"),
    "no_sampler": ("BT703", 1, "ranks 0 and 1 train on the same batches"),
    "clip_on_one": ("BT705", 2, "rank 1 clipped gradients in update 2, and rank 0 did not"),
    "own_rate": ("BT701", 1, "learning rates were 0.05 and 0.1"),
    "own_decay": ("BT701", 1, "step made other values"),
    "own_buffers": ("BT707", 1, "running_mean"),
    "sharded_in_part": ("BT701", 1, "nothing reduces the gradients of what lies outside"),
    "local_of_replicated": ("BT701", 1, "a DTensor that is replicated over the ranks"),
    "load_on_one": ("BT701", 2, "changed outside the known calls"),
    "nan_on_one": ("BT706", 2, "the loss of rank 1 is not finite in update 2"),
    "optimizer_before_sharding": ("BT202", 1, "which no model computes with"),
    "unequal_steps": ("BT704", 3, "rank 0 ended after 3 updates, and rank 1 began 4"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("ranks")
    program = str(Path(__file__).parent / "rank_programs.py")
    done = torchrun(program, str(found), folder=found)
    assert (found / "bits0.json").exists(), done.stderr[-3000:]
    return found


def judge(path: Path) -> tuple[Diagnosis, list[RankRun]]:
    with open_trace(path) as trace:  # the first to open it joins what the ranks wrote
        return judge_trace(trace, None, ())


def read_events(folder: Path, name: str, rank: int) -> Iterator[object]:
    with open_trace(folder / f"{name}.trace", rank) as trace:
        yield from trace.events


def test_every_program_is_a_bug_or_is_right():
    assert sorted([*RIGHT, *BUGS]) == sorted(NAMES)
    told = {code for code, *_ in BUGS.values()}
    told |= {code for each in read_scripts() if each.expected for code in each.expected.codes}
    assert set(load_rank_rules()) <= told, "a rule over ranks has no case"


@pytest.mark.parametrize("name", BUGS)
def test_a_bug_is_told(folder, name):
    code, update, text = BUGS[name]
    diagnosis, _ = judge(folder / f"{name}.trace")
    found = [each for each in diagnosis.alarms if each.code == code]
    assert [each.update for each in found] == [update], diagnosis.alarms
    assert text in found[0].message


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_gives_no_alarm(folder, name):
    diagnosis, runs = judge(folder / f"{name}.trace")
    assert diagnosis.alarms == ()
    assert not any(each.has_failed for each in diagnosis.not_checked)
    assert [run.count for run in runs] == [3, 3]


@pytest.mark.parametrize("rank", [0, 1])
def test_training_is_the_same_to_the_last_bit(folder, rank):
    found = json.loads((folder / f"bits{rank}.json").read_text())
    assert {name for name, (bare, recorded) in found.items() if bare != recorded} == set()
    assert set(found) == set(PROGRAMS)


def test_parted_replicas_are_never_no_findings(folder):
    for name in ("raw_module", "other_seeds", "own_rate", "own_decay", "load_on_one"):
        diagnosis, _ = judge(folder / f"{name}.trace")
        assert "BT701" in {each.code for each in diagnosis.alarms}


def test_the_account_goes_from_local_to_reduced(folder):
    reduced = {}
    for rank in (0, 1):
        events = read_events(folder, "raw_module_fixed", rank)
        reduced[rank] = [each for each in events if isinstance(each, GradsReduced)]
    assert [len(found) for found in reduced.values()] == [3, 3]
    for one, other in zip(*reduced.values(), strict=True):
        for name, entry in one.grads.items():
            local = [entry.before.values or (), other.grads[name].before.values or ()]
            assert other.grads[name].after == entry.after, "all ranks read the same"
            for mean, *parts in zip(entry.after.values or (), *local, strict=True):
                assert mean == pytest.approx(sum(parts) / 2, rel=1e-5, abs=1e-7)


def test_under_accumulation_the_reduced_backward_is_known(folder):
    with open_trace(folder / "no_sync_last_fixed.trace") as trace:
        names = [call.name for call in trace.updates[0].calls]
    assert names == [
        "zero_grad",
        "forward",
        "backward",
        "forward",
        "backward",
        "all-reduce",
        "step",
    ]


def test_a_wrapper_and_what_it_holds_are_called_once(folder):
    with open_trace(folder / "right_wrapped_after_the_optimizer.trace") as trace:
        calls = [calls_line(update.calls) for update in trace.updates]
    assert calls[1:] == ["zero_grad → forward → backward → all-reduce → step"] * 2


def test_shards_are_read_and_their_norms_joined(folder):
    _, runs = judge(folder / "right_sharded.trace")
    assert set(runs[0].shards) == {"0.weight", "0.bias", "2.weight", "2.bias"}
    parts = [run.first.squares for run in runs]
    with TraceFile(folder / "right_sharded.trace", 0) as trace:
        rows = trace.updates[0].rows
    assert rows["0.weight"].shape == (4, 4)
    own = sum(row.grad_after.norm**2 for row in rows.values())
    assert parts[0] == (pytest.approx(own), 0.0) and parts[1][0] > 0


@pytest.mark.parametrize("name", [name for name in RIGHT if name.startswith("right_flat")])
def test_what_fsdp1_does_is_no_edit(folder, name):
    with open_trace(folder / f"{name}.trace", 1) as trace:
        calls = [[call.name for call in update.calls] for update in trace.updates]
        assert all(books_mark(update) == "✓" for update in trace.updates)
    assert len(calls) == 3 and "edit .grad" not in {name for each in calls for name in each}
    _, runs = judge(folder / f"{name}.trace")
    assert bool(runs[0].shards) is (name != "right_flat_and_whole")
    if "own_parameters" in name:  # the pieces are those of the model's parameters, by their names
        assert set(runs[0].shards) == {"0.weight", "0.bias", "2.weight", "2.bias"}
        norm = sum(sum(run.last.squares) for run in runs) ** 0.5
        assert norm == pytest.approx(0.1, rel=1e-4), "clipped by the norm over all ranks"


def test_two_ranks_of_one_run_compare(folder, capsys):
    for name, is_equal in (("raw_module_fixed", True), ("own_rate", False)):
        path = folder / f"{name}.trace"
        found = compare_traces((path, path), None, 0, as_json=True, ranks=(0, 1))
        assert found is is_equal
    assert "rank 1" in capsys.readouterr().out


@pytest.mark.whole
def test_a_sample_of_the_bench_of_scripts(tmp_path):
    names = ["skips_alone", "hand_no_division", "no_set_epoch"]
    wanted = [*names, *(f"{name}_fixed" for name in names[:1]), "right_uneven_joined"]
    done = launch(
        *(sys.executable, str(SOURCE / "benchmarks" / "rank_bench.py"), "--only", *wanted),
        folder=tmp_path,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "bugs named                       3 of 3" in done.stdout
    assert "correct scripts with an alarm    0 of 1" in done.stdout
