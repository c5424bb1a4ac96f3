"""A run against its `expect` block; its numbers are derived by hand, as docs/check.md has them."""

from __future__ import annotations

import pytest

from backtrace.check.child import Job, run_job
from backtrace.check.targets import find_targets
from backtrace.config.load import load_config
from backtrace.driver.sources.config import run_config
from backtrace.show.sinks.trace_file import FileOptions, recording_views

HOLD = [
    "loop: {updates: 4}",
    "expect: {updates: 2}",
    "expect: {loss: {falls_by: 0.2}}",
    "expect: {updates: 2, loss: {below: 4.7}}",
    "expect: {grads: {'fc.*': [0.1, 10.005]}}",
    "expect: {values: {fc.weight: {update: 1, value: [[-0.15045067]], grad: [[-10.004933]]}}}",
    "expect: {values: {fc.bias: {update: 1, value: [0.958288]}}}",
    "expect: {values: {fc.bias: {update: 1, value: [0.95], atol: 0.009, rtol: 0}}}",
    "expect: {updates: 1, values: {fc.bias: [0.958288]}}",
    "expect: {findings: none}",
    "loop: {zero_grad: false}\nexpect: {findings: [BT101]}",
    "loop: {zero_grad: false}\nexpect: {findings: [never-cleared]}",
    "diagnose: {ignore: [BT1]}\nloop: {zero_grad: false}",
]


@pytest.mark.parametrize("text", HOLD)
def test_what_holds_passes(judge, text):
    outcome = judge(text, None if "updates" in text else 5)
    assert (outcome.status, outcome.missed, outcome.error) == ("passed", (), "")


MISSED = [
    ("loss: {falls_by: 0.9}", "loss.falls_by", "should fall by 90.0%", 1),
    ("loss: {below: 1e-3}", "loss.below", "end below 0.001", 1),
    ("{updates: 1, loss: {falls_by: 0.1}}", "loss.falls_by", "one update only", 1),
    ("grads: {fc.weight: [0, 10]}", "grads.fc.weight", "norm 10.0049 at update 1, not from", 1),
    ("grads: {fc.bias: [5, 10]}", "grads.fc.bias", "norm 4.1688 at update 1", 1),
    ("grads: {fc.bias: none}", "grads.fc.bias", "has a gradient of norm 4.1688", 1),
    ("grads: {conv*: none}", "grads.conv*", "there are fc.weight, fc.bias", 1),
    ("values: {conv: [1]}", "values.conv", "there are fc.weight, fc.bias", 1),
    ("values: {fc.weight: [1]}", "values.fc.weight.value", "shape [1, 1]", 1),
    ("values: {fc.bias: {update: 1, value: [0.95]}}", "values.fc.bias.value",
     "[0] is 0.958288", 1),
    ("values: {fc.bias: {update: 1, grad: [4.1688]}}", "values.fc.bias.grad", "is -4.168", 1),
    ("findings: [BT101, BT102]", "findings.0", "BT101 was expected", 2),
]  # fmt: skip


@pytest.mark.parametrize(("text", "key", "told", "count"), MISSED)
def test_what_does_not_hold_is_told_with_its_place(judge, text, key, told, count):
    outcome = judge(
        f"expect: {text}" if text[0] == "{" else f"expect: {{{text}}}",
        None if "updates" in text else 5,
    )
    assert outcome.status == "failed" and len(outcome.missed) == count
    missed = outcome.missed[0]
    assert missed.key == f"expect.{key}"
    assert told in missed.message
    file, line, column = missed.where.rsplit(":", 2)
    assert (file, line) == ("made.yaml", "6") and int(column) > 1


def test_an_update_that_is_expected_is_run(judge):
    outcome = judge("expect: {values: {fc.bias: {update: 9, value: [1.0], atol: 1}}}")
    assert outcome.status == "passed" and outcome.diagnosis.updates >= 9
    assert outcome.remark == ""


def test_what_a_limit_leaves_out_is_not_checked_and_not_missed(judge):
    outcome = judge("expect: {values: {fc.bias: {update: 9, value: [1e9]}}}", limit=3)
    assert outcome.status == "passed" and outcome.missed == ()
    assert outcome.remark == "stopped there (--limit); fc.bias at update 9 not checked"


def test_what_holds_at_the_end_is_not_checked_before_it(judge):
    text = "expect: {updates: 9, loss: {falls_by: 0.99}, values: {fc.bias: {value: [1e9]}}}"
    outcome = judge(text, limit=3)
    assert outcome.status == "passed" and outcome.missed == ()
    assert outcome.remark == (
        "stopped there (--limit); loss at update 9 not checked; fc.bias at update 9 not checked"
    )
    assert len(judge(text, limit=9).missed) == 2


def test_a_target_runs_to_its_end_where_nothing_is_said(judge):
    assert judge("").diagnosis.updates == 100
    assert judge("loop: {updates: 2}").diagnosis.updates == 2


def test_a_target_is_stopped_when_its_time_is_over(judge):
    outcome = judge("loop: {updates: 1000000}", budget=0.5)
    assert outcome.status == "passed" and 0 < outcome.diagnosis.updates < 1_000_000
    assert outcome.remark == "stopped after 0.5 s (--budget)"


def test_findings_fail_and_those_expected_are_kept_apart(judge):
    text = "loop: {zero_grad: false}\n"
    assert [each.code for each in judge(text).diagnosis.alarms] == ["BT101"]
    outcome = judge(text + "expect: {findings: [BT101]}")
    assert outcome.diagnosis.alarms == ()
    assert [each.code for each in outcome.expected] == ["BT101"]


def test_an_equal_trace_passes_and_another_does_not(judge, tmp_path):
    judge("loop: {updates: 4}")  # writes made.yaml
    views = list(recording_views(FileOptions(str(tmp_path / "made.trace"))))
    run_config(load_config(tmp_path / "made.yaml"), views)
    assert judge("expect: {trace: made.trace}").status == "passed"
    outcome = judge("loop: {zero_grad: false}\nexpect: {findings: [BT101], trace: made.trace}")
    assert [each.key for each in outcome.missed] == ["expect.trace"]
    assert "parts from made.trace at" in outcome.missed[0].message


def test_a_trace_that_is_not_there_is_a_mistake(judge):
    outcome = judge("expect: {trace: nowhere.trace}")
    assert outcome.status == "broken"
    assert outcome.error.startswith("made.yaml:6:")
    assert "nowhere.trace" in outcome.error


def test_every_mistake_is_told_at_once(judge):
    outcome = judge("expect: {updates: 0, loss: {}, grads: {a: [2, 1]}, findings: [BT999]}")
    assert outcome.status == "broken"
    for told in (
        "expect.updates: the number 0",
        "expect.loss: give falls_by",
        "write the smaller number first",
        "there is no rule 'BT999'",
    ):
        assert told in outcome.error
    assert outcome.error.count("made.yaml:6:") == 4


def test_made_up_data_is_allowed_only_when_it_is(tmp_path):
    path = tmp_path / "absent.yaml"
    path.write_text("""\
model: [fc: "Linear(2, 1)"]
loss: MSELoss
optimizer: {type: SGD, lr: 0.01}
data:
  source: npz
  path: absent.npz
  input: x
  target: y
  like: {input: [8, 2], target: [8, 1]}
expect: {loss: {below: -1}}
""")
    (target,) = find_targets([str(path)])
    refused = run_job(Job(target, target.name))
    assert refused.status == "broken" and "--allow-synthetic" in refused.error
    allowed = run_job(Job(target, target.name, allow_synthetic=True))
    assert allowed.status == "passed"
    assert "made-up data" in allowed.remark and "not held" in allowed.remark


def test_made_up_data_is_not_said_to_teach_nothing(tmp_path):
    path = tmp_path / "absent.yaml"
    path.write_text("""\
model: ["Linear(4, 4)"]
loss: CrossEntropyLoss
optimizer: {type: SGD, lr: 0}
data:
  source: npz
  path: absent.npz
  input: x
  target: y
  like: {input: [800, 4], target: {shape: [800], classes: 4}}
  batch_size: 4
loop: {updates: 200}
""")
    (target,) = find_targets([str(path)])
    outcome = run_job(Job(target, target.name, allow_synthetic=True))
    assert "BT531" not in outcome.diagnosis.checked
    told = {each.code: each.reason for each in outcome.diagnosis.not_checked}
    assert "in the place of a data set" in told["BT531"]
