"""What docs/check.md says is tried; the hook and the workflow are valid."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from backtrace.check.child import Job, run_job
from backtrace.check.targets import find_targets
from backtrace.config.bundled import bundled_folder
from backtrace.config.load import load_config
from backtrace.diagnose.catalogue import load_all_rules

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", (ROOT / "docs" / "check.md").read_text(), re.M | re.S)
EXPECT = [text for text in BLOCKS if "expect:" in text]
BASE = {
    "model": [{"fc": "Linear(1, 1)"}],
    "init": {"fc.weight": [[-0.2505]], "fc.bias": [0.9166]},
    "loss": "MSELoss",
    "optimizer": {"type": "SGD", "lr": 0.01},
    "data": {"source": "values", "input": [[1], [2], [3]], "target": [[1.5], [2.5], [3.5]]},
}


def with_rest(text):
    given = yaml.safe_load(text)
    rest = {key: value for key, value in BASE.items() if key not in given}
    return text + (yaml.safe_dump(rest) if rest else "")


@pytest.mark.parametrize("text", [text for text in EXPECT if "trace:" not in text])
def test_examples_of_expectations_hold(text):
    Path("made.yaml").write_text(with_rest(text))
    (target,) = find_targets(["made.yaml"])
    outcome = run_job(Job(target, target.name))
    assert outcome.status == "passed", (outcome.missed, outcome.error, outcome.diagnosis.alarms)


def test_every_example_loads():
    assert len(EXPECT) == 4
    for text in EXPECT:
        Path("made.yaml").write_text(with_rest(text))
        assert load_config("made.yaml").config.expect


def test_the_workflow_is_one():
    (workflow,) = [yaml.safe_load(text) for text in BLOCKS if "runs-on" in text]
    (job,) = workflow["jobs"].values()
    assert all(("uses" in step) != ("run" in step) for step in job["steps"])
    (run,) = [step["run"] for step in job["steps"] if "check" in step.get("run", "")]
    upload = next(step for step in job["steps"] if "upload-sarif" in step.get("uses", ""))
    assert f"--sarif {upload['with']['sarif_file']}" in run


def test_the_hook_is_one_and_its_example_names_it():
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert {"id", "name", "entry", "language", "files"} <= set(hook)
    assert hook["entry"] == "backtrace check"
    files = re.compile(hook["files"])
    assert files.search("configs/deep/a.yaml") and files.search("x/configs/a.yml")
    assert not files.search(".github/workflows/a.yaml") and not files.search("configs/a.py")
    (example,) = [yaml.safe_load(text) for text in BLOCKS if "hooks:" in text]
    assert example["repos"][0]["hooks"][0]["id"] == hook["id"]


def test_every_bundled_config_is_in_order():
    """So far as its first updates tell: `backtrace check configs/` in .ci/run goes further."""
    found = {}
    for target in find_targets([str(bundled_folder())]):
        outcome = run_job(Job(target, target.name, limit=5, allow_synthetic=True))
        if outcome.status != "passed":
            found[target.name] = (outcome.diagnosis.alarms, outcome.missed, outcome.error)
    assert found == {}


def test_a_config_names_rules_that_exist():
    codes = {rule.code for rule in load_all_rules().values()}
    for path in bundled_folder().rglob("*.yaml"):
        assert set(load_config(path).config.expect.findings) <= codes
