"""Scripts compared and proved: each run is a process of its own, and costs only itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_runs import run_here

from backtrace.compare import folder_copy, trace_runs
from backtrace.compare.prove import ProveOptions, prove
from backtrace.compare.prove_target import read_target
from backtrace.compare.script_plan import plan_scripts
from backtrace.compare.script_trials import ScriptTrialOptions, script_trials
from backtrace.compare.sentence import give_verdict
from backtrace.compare.trace_child import TraceRequest
from backtrace.compare.trace_runs import NamedRequest, prepare_runs
from backtrace.errors import ScriptError, UsageError

# What is timed from the start of Python has processes of its own.
warm = pytest.mark.usefixtures("warm_processes")

TRAIN = """\
import sys, torch
from torch import nn
torch.manual_seed(0)
net = nn.Linear(3, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.randn(4, 3)
for n in range(4):
    {clear}
    loss = (net(x) - x.sum(1, keepdim=True)).pow(2).mean()
    loss.backward()
    opt.step()
print("arguments", sys.argv[1:])
open("left.txt", "a").close()
"""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("train.py").write_text(TRAIN.format(clear="opt.zero_grad()"), encoding="utf-8")
    return tmp_path


@warm
def test_the_verdict_of_configs_holds_for_scripts(script):
    changes = [("no_zero_grad", ""), ("freeze", "*"), ("freeze", "nothing")]
    variants = plan_scripts(["train.py"], changes[:1])
    variants += plan_scripts(["train.py"], changes[1:])[1:]
    with script_trials(variants, options=ScriptTrialOptions(parallel=2, in_copies=True)) as trials:
        first, same = trials.comparisons
        assert trials.noise.first is None and len(trials.noise.growth) == 4
        verdict = give_verdict(first)
        assert "no zero_grad: from update 2 on .grad holds the sum of all earlier" in verdict
        assert "zero_grad ran only in train.py" in verdict
        assert same.is_equal and same.is_proved  # by digests
        said = "\n".join(trials.remarks)
        assert "Experiment no_zero_grad: zero_grad was left out 4 times." in said
        assert "no parameter is called nothing" in said
        assert "freeze=* failed: it ended with exit code 1." in said and "RuntimeError" in said
        assert trials.failed == ["freeze=*"]
        assert not Path("left.txt").exists()  # it was written in copies of the folder


@warm
def test_a_command_compares_a_script_with_its_arguments(script):
    words = ("compare", "train.py", "--lr", "2x", "--limit", "2", "--format", "json", "-o", ".")
    done = run_here(*words, "--", "--lr", "5", cwd=script)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert [len(each["updates"]) for each in document["variants"]] == [2, 2]
    assert document["noise"]["is_equal"]
    assert document["remarks"] == ["Experiment lr=2x: lr was another in 2 steps."]
    assert {path.name for path in script.glob("*.trace")} >= {"0.trace", "1.trace"}


@warm
def test_a_baseline_that_does_not_run_is_told_with_what_it_wrote(script):
    Path("sad.py").write_text("import torch\nraise SystemExit('no data here')\n", encoding="utf-8")
    variants = plan_scripts(["sad.py"], [("lr", "2x")])
    with pytest.raises(ScriptError, match=r"exit code 1\n.*no data here"), script_trials(variants):
        pass


@warm
def test_what_hangs_is_stopped(script):
    Path("hang.py").write_text("import time\nwhile True: time.sleep(1)\n", encoding="utf-8")
    request = TraceRequest("hang.py", str(script / "hang.trace"))
    with prepare_runs({}) as runs:
        (run,) = runs.run([NamedRequest("hang.py", request)], timeout=2)
    assert run.trace is not None and not len(run.trace.updates)
    run.trace.close()
    assert "it was stopped after 2 s" in run.error


@warm
@pytest.mark.parametrize(
    ("request_", "is_warm"),
    [
        (TraceRequest("plain.py", "a.trace"), True),
        (TraceRequest("linear", "a.trace", is_config=True), True),
        (TraceRequest("sets.py", "a.trace"), False),
        (TraceRequest("plain", "a.trace", is_module=True), False),
        (TraceRequest("plain.py", "a.trace", nproc=2), False),
    ],
)
def test_runs_share_an_import_where_nothing_they_read_is_set(
    script, monkeypatch, request_, is_warm
):
    Path("plain.py").write_text("import torch\n", encoding="utf-8")
    sets = "import os\nos.environ['OMP_NUM_THREADS'] = '1'\nimport torch\n"
    Path("sets.py").write_text(sets, encoding="utf-8")
    begun = []

    def begin(module, text, env, warm):
        begun.append(warm)
        raise InterruptedError

    monkeypatch.setattr(trace_runs, "SupervisedProcess", begin)
    with prepare_runs({}) as runs:
        for _ in range(2):
            with pytest.raises(InterruptedError):
                runs.run([NamedRequest("one", request_)])
    assert [each is not None for each in begun] == [is_warm] * 2 and begun[0] is begun[1]


MISTAKES = {
    "compare train.py": "nothing to compare",
    "compare absent.py --lr 2x": "no such file",
    "compare train.py --with no_zero_gard": "did you mean no_zero_grad?",
    "compare train.py --lr fast": "'fast' is not a number",
    "compare train.py linear --lr 2x": "a config is not compared with a script",
    "compare train.py train.py --lr 2x": "either several scripts, or one script",
    "compare train.py --set loop.seed=1": "only configs have it",
    "prove absent.py": "no such file",
    "prove train.py --set loop.seed=1": "only configs have it",
}


@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_is_told_before_anything_runs(script, words):
    done = run_here(*words.split(), cwd=script)
    assert done.returncode == 2 and MISTAKES[words] in done.stderr


def test_variants_are_named_by_what_is_changed(script):
    def names(*changes: tuple[str, str]) -> list[str]:
        return [each.name for each in plan_scripts(["train.py"], changes)]

    assert names(("no_zero_grad", "")) == ["train.py", "no zero_grad"]
    assert names(("lr", "2x"), ("average", "")) == ["train.py", "lr=2x, average"]
    assert names(("lr", "2x"), ("lr", "3x")) == ["train.py", "lr=2x", "lr=3x"]
    found = plan_scripts(["train.py", "train.py --a"], [], [("seed", "3")], ["--b"])
    assert [each.name for each in found] == ["train.py --b", "train.py --a --b"]
    assert [each.experiments for each in found] == [("seed=3",)] * 2
    with pytest.raises(UsageError):
        plan_scripts(["train.py"], [("nonsense", "")])


@warm
def test_a_cure_is_proved(script):
    Path("train.py").write_text(TRAIN.format(clear="pass"), encoding="utf-8")
    done = run_here("prove", "train.py", cwd=script, COLUMNS="100")
    assert done.returncode == 0, done.stderr
    assert "Run twice, it gave the same bits: noise 0." in done.stdout
    assert "error BT101 never-cleared · update 2 · train.py:11" in done.stdout
    assert "With --zero-grad: gradients were cleared 3 times.\n   ✓ The finding is gone." in (
        done.stdout
    )
    assert "The loss after 4 updates is" in done.stdout


@warm
def test_a_cure_that_takes_no_effect_is_said_as_plainly(script):
    by_hand = "[p.grad.zero_() for p in net.parameters() if p.grad is not None]"
    text = TRAIN.format(clear="pass").replace("    opt.step()", f"    {by_hand}\n    opt.step()")
    Path("train.py").write_text(text.replace("range(4)", "range(3)"), encoding="utf-8")
    name, request, _ = read_target("train.py")
    proof = prove(name, request, ProveOptions(parallel=2))
    (finding,) = proof.findings
    trial = proof.cure_for(finding)
    assert finding.code == "BT102" and trial is not None
    assert trial.left == (finding,) and not trial.helped and not proof.are_proved


@warm
def test_a_config_is_proved_as_a_script_is(script):
    done = run_here("prove", "linear", "--set", "loop.zero_grad=false", cwd=script)
    assert done.returncode == 0, done.stderr
    assert "BT101" in done.stdout and "✓ The finding is gone." in done.stdout


@warm
def test_experiments_work_on_configs(script):
    done = run_here("compare", "linear", "--lr", "0.1x", "--lr", "10x", cwd=script)
    assert done.returncode == 0, done.stderr
    assert "lr=0.1x parts from linear at update 1, step" in done.stdout
    assert "Experiment lr=10x: lr was another in 4 steps." in done.stdout


def test_all_experiments_are_listed(script):
    done = run_here("steer", "--list", cwd=script, COLUMNS="200")
    assert "--no-zero-grad" in done.stdout and "--with optimizer.OPTION=VALUE" in done.stdout


def test_a_folder_that_is_far_too_large_is_not_copied(script, monkeypatch):
    Path(".venv").mkdir()
    Path(".venv/pyvenv.cfg").write_text("x" * 1000, encoding="utf-8")
    monkeypatch.setattr(folder_copy, "_MOST", 900)
    folder_copy.check_folder()
    with folder_copy.copy_folder() as copy:
        assert [path.name for path in Path(copy).iterdir()] == ["train.py"]
    assert not Path(copy).exists()
    Path("data.bin").write_bytes(b"x" * 1000)
    with pytest.raises(UsageError, match=r"--cwd-copy: .* holds more than"):
        folder_copy.check_folder()
