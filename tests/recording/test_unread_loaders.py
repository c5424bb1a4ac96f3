"""Evaluations that go through the training data, and what looks alike."""

from __future__ import annotations

import pytest

from backtrace.recording.source.data.unread_loaders import find_unread_loaders
from backtrace.recording.source.source_file import read_scopes

TRAINS = "    for x in train_loader:\n        f(x).backward()\n"


def found_in(tmp_path, text):
    path = tmp_path / "train.py"
    path.write_text("def fit(train_loader, val_loader=None):\n" + TRAINS + text)
    scopes = read_scopes(str(path))
    return [slip.beside for scope in scopes for slip in find_unread_loaders(scope)]


def evaluates(through, asked="True", after="    return total"):
    return (
        f"    if {asked}:\n        with torch.no_grad():\n            for x in {through}:\n"
        f"                total += f(x)\n{after}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        evaluates("train_loader", "val_loader is not None"),
        evaluates("enumerate(train_loader)", "val_loader and due"),
        evaluates("tqdm(train_loader)", after="    return total / len(val_loader.dataset)"),
        evaluates("train_loader", after="    count = len(val_loader)\n    return total / count"),
        evaluates("train_loader").replace("total +=", "val_loss +="),
    ],
)
def test_an_evaluation_of_what_is_trained_on(tmp_path, text):
    assert found_in(tmp_path, text) == ["val_loader"]


@pytest.mark.parametrize(
    "text",
    [
        evaluates("val_loader", "val_loader is not None"),
        evaluates("train_loader", "val_loader is None"),
        evaluates("train_loader", after="    print(len(val_loader))"),
        evaluates("train_loader", "val_loader", "    return validate(val_loader)"),
        evaluates("train_loader", "val_loader") + evaluates("val_loader", "val_loader"),
        evaluates("train_loader", "val_loader").replace("f(x)\n", "train_step(x)\n"),
    ],
)
def test_what_is_none(tmp_path, text):
    assert found_in(tmp_path, text) == []
