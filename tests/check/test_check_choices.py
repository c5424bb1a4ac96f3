"""What fails a check and what is checked: options, pyproject.toml, git, and the action."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from backtrace.check.changed import changed_targets
from backtrace.check.outcome import Outcome
from backtrace.check.project import read_project
from backtrace.check.run import CheckOptions, _choose_findings
from backtrace.check.targets import find_targets
from backtrace.check.wording import describe_target
from backtrace.diagnose.diagnose import Diagnosis
from backtrace.diagnose.rule import Finding
from backtrace.errors import UsageError
from backtrace.language import using_language

ROOT = Path(__file__).parents[2]
WARNING = Finding("BT101", "never-cleared", "warning", "m", "f", 1, "train.py:1")


def outcome(*severities: str) -> Outcome:
    findings = tuple(replace(WARNING, severity=each) for each in severities)
    return Outcome("train.py", "train.py", diagnosis=Diagnosis(findings=findings))


@pytest.mark.parametrize(
    ("severity", "fail_on", "status"),
    [
        ("warning", "warning", "failed"),
        ("warning", "error", "passed"),
        ("error", "error", "failed"),
        ("error", "never", "passed"),
        ("note", "warning", "passed"),
    ],
)
def test_what_fails(severity: str, fail_on: str, status: str) -> None:
    chosen = _choose_findings(outcome(severity), CheckOptions(fail_on=fail_on))
    assert chosen.status == status
    assert chosen.is_clean == (severity == "note")


def test_only_selected_findings_are_left() -> None:
    options = CheckOptions(select=("BT5",))
    left = _choose_findings(outcome("error"), options).diagnosis
    assert left.findings == () and len(left.muted) == 1  # that there are others is said
    options = CheckOptions(select=("never-cleared", "BT5"))
    assert len(_choose_findings(outcome("error"), options).diagnosis.findings) == 1


def test_pyproject_is_read_from_a_folder_under_it(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.backtrace]\npaths = ['train.py --fast', 'linear']\nlimit = 5\nfail-on = 'error'\n"
    )
    (tmp_path / "train.py").touch()
    (tmp_path / "deep").mkdir()
    found = read_project(tmp_path / "deep")
    assert found.values == {
        "targets": [f"{tmp_path.resolve() / 'train.py'} --fast", "linear"],
        "limit": 5,
        "fail_on": "error",
    }


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("limt = 5", "did you mean `limit`"),
        ("limit = 'five'", "write a whole number"),
        ("limit = true", "write a whole number"),
        ("limit = 0", "write a whole number"),
        ("paths = 'x'", "write a list of texts"),
        ("limit = ", "is not TOML"),
    ],
)
def test_mistakes_in_pyproject_are_told(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.backtrace]\n{line}\n")
    with pytest.raises(UsageError, match=told):
        read_project(tmp_path)


def git(*words: str) -> None:
    who = ("-c", "user.name=n", "-c", "user.email=e", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], check=True, capture_output=True)


def test_changed_targets_and_what_they_import(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="--changed asks git"):
        changed_targets(find_targets([]))
    git("init", "-q", "-b", "main")
    Path("net.py").write_text("import deep.er\n")
    Path("deep").mkdir()
    Path("deep/er.py").touch()
    for name, text in {"a.py": "from net import x", "b.py": "import os", "c.py": "pass"}.items():
        Path(name).write_text(text)
    Path("d.yaml").write_text("model:\n  class: net:Net\n")
    targets = find_targets(["a.py", "b.py", "c.py", "d.yaml"])
    git("add", "a.py")
    assert changed_targets(targets) == targets  # nothing is committed yet
    git("add", "-A")
    git("commit", "-qm", "all")
    assert changed_targets(targets) == []
    Path("c.py").write_text("x = 1")
    git("checkout", "-qb", "work")
    git("commit", "-qam", "c")
    assert [each.name for each in changed_targets(targets)] == ["c.py"]
    Path("deep/er.py").write_text("y = 1")
    assert [each.name for each in changed_targets(targets)] == ["a.py", "c.py"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            "        warning BT506 update-too-large · update 2 · blow.py:11               ",
            ("warning", "BT506", "update-too-large", "blow.py", "11"),
        ),
        (
            "           error BT303 hidden-parameters · update 1 · a/train.py:29 · hidden[0]",
            ("error", "BT303", "hidden-parameters", "a/train.py", "29"),
        ),
        (
            "error BT101 never-cleared · update 2 · deep er/my train.py:16:8 · a",
            ("error", "BT101", "never-cleared", "deep er/my train.py", "16"),
        ),
        (
            "           warning BT305 at update 4 · train.py:30: what BT305 saw",
            ("warning", "BT305", "at update 4", "train.py", "30"),
        ),
        ("           warning BT402 at update 4: what it saw · and where:30", None),
        ("   explains BT501 not-finite (update 6)", None),
        ("           See `backtrace rules BT506`. If intended: --ignore BT506,", None),
    ],
)
def test_the_problem_matcher_reads_a_finding(line: str, found: tuple[str, ...] | None) -> None:
    text = (ROOT / ".github/backtrace-problem-matcher.json").read_text(encoding="utf-8")
    (pattern,) = json.loads(text)["problemMatcher"][0]["pattern"]
    match = re.search(pattern["regexp"], line)
    assert (match and match.groups()) == found


def test_the_action_is_sound() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    assert action["runs"]["using"] == "composite"
    known = set(action["inputs"])
    for step in action["runs"]["steps"]:
        assert "uses" in step or ("run" in step and step["shell"] == "bash")
    used = {
        part.split("}")[0].strip(" '\"").split()[0].rstrip("}")
        for part in (ROOT / "action.yml").read_text().split("inputs.")[1:]
    }
    assert used == known


@pytest.mark.skipif(not shutil.which("bash"), reason="the action's steps are for bash")
def test_the_action_keeps_words_together_and_runs_none_of_them(tmp_path: Path) -> None:
    steps = yaml.safe_load((ROOT / "action.yml").read_text())["runs"]["steps"]
    (check,) = [step["run"] for step in steps if step["name"] == "Check"]
    fake = tmp_path / "backtrace"
    fake.write_text("#!/usr/bin/env bash\nprintf '<%s>' \"$@\"\n")
    fake.chmod(0o755)
    env = {
        **os.environ,
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "TARGETS": "'my train.py' $(touch ran) configs/",
        "OPTIONS": "",
        "SARIF": "a.sarif",
    }
    said = subprocess.check_output(["bash", "-e", "-c", check], env=env, cwd=tmp_path, text=True)
    assert said == "<check><--sarif><a.sarif><my train.py><$(touch><ran)><configs/>"
    assert not (tmp_path / "ran").exists()


def test_where_nothing_has_changed_all_can_be_checked_next(check, monkeypatch) -> None:
    monkeypatch.setattr("backtrace.check.changed.find_changed", set)
    Path("a b.py").touch()
    Path("b.py").touch()
    code, said = check("--changed", "a b.py", "b.py", FORCE_COLOR="1", NO_COLOR="1")
    assert code == 0 and "Of 2 targets, none has changed: nothing was run." in said
    assert "next   backtrace check 'a b.py' b.py   check all of them" in re.sub(
        r"\x1b\[\d+m", "", said
    )
    Path("pyproject.toml").write_text("[tool.backtrace]\npaths = ['b.py']\n")
    code, said = check("--changed", "--lang", "zh")
    assert (code, said) == (0, "1 个目标都没有改变：什么也没有运行。\n")


def test_what_was_left_out_is_told_in_the_language() -> None:
    remark = "stopped there (--limit); fc.bias at update 9 not checked"
    with using_language("zh"):
        told = describe_target(Outcome("a.yaml", "a.yaml", remark=remark))
    assert told.endswith("到此停止（--limit）; 第 9 次更新的 fc.bias 没有检查")
