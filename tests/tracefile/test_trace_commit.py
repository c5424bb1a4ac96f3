"""The commit in a trace's header, from a real repository."""

from __future__ import annotations

import shutil
import subprocess

import pytest
import torch
from torch import nn

import backtrace
from backtrace.ledger.trace import Header
from backtrace.tracefile.commit import with_commit


def git(*arguments: str) -> str:
    who = ["-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *who, *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path, monkeypatch):
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    monkeypatch.chdir(tmp_path)
    git("init", "-q")
    (tmp_path / "train.py").write_text("lr = 1\n")
    git("add", "train.py")
    git("commit", "-qm", "Begin")
    return tmp_path


def test_a_trace_names_the_commit_and_whether_code_was_changed(repository):
    header = Header(versions={"python": "3"})
    commit = git("rev-parse", "HEAD")[:12]
    assert with_commit(header).versions == {"python": "3", "commit": commit}
    (repository / "notes.txt").write_text("not under version control")
    assert with_commit(header).versions["commit"] == commit
    (repository / "train.py").write_text("lr = 2\n")
    assert with_commit(header).versions["commit"] == f"{commit}+"


def test_record_writes_it(repository):
    model = nn.Linear(1, 1)
    with backtrace.record(model, file="run.trace"):
        model(torch.ones(1, 1)).sum().backward()
    versions = backtrace.load("run.trace").header.versions
    assert versions["commit"] == git("rev-parse", "HEAD")[:12]


def test_without_a_repository_or_git_there_is_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert with_commit(Header()) == Header()
    monkeypatch.setenv("PATH", "")
    assert with_commit(Header()) == Header()
