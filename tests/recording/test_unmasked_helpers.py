"""Functions that score all places of a target: read from files that are never run."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.losses.unmasked_helpers import find_unmasked_helpers
from backtrace.recording.source.source_file import read_scopes

_CALL = """

for words, labels in loader:
    logits = model(words)
    loss = F.cross_entropy(logits.view(-1, 9), labels.view(-1))
    score = accuracy(logits, labels)
"""


def _found(tmp_path, text):
    path = tmp_path / "train.py"
    path.write_text(text)
    linecache.clearcache()
    slips = [slip for scope in read_scopes(str(path)) for slip in find_unmasked_helpers(scope)]
    return [(slip.name, slip.line) for slip in slips]


@pytest.mark.parametrize(
    "body",
    [
        "return (said.argmax(-1) == wanted).float().mean()",
        "best = said.argmax(dim=-1).view(-1)\n    wanted = wanted.view(-1)\n"
        "    return (best == wanted).sum().item() / wanted.numel()",
        "_, best = said.max(-1)\n    right = (best == wanted).sum()\n    size = wanted.numel()\n"
        "    return right.item() / size",
        "right = (said.argmax(-1) == wanted).float()\n    return right.mean().item()",
        "return torch.mean(torch.eq(said.argmax(-1), wanted).float())",
    ],
)
def test_a_function_that_scores_all_places_is_found(tmp_path, body):
    text = f"def accuracy(said, wanted):\n    {body}\n"
    found = _found(tmp_path, text + _CALL)
    assert [name for name, _ in found] == ["wanted"]
    method = _CALL.replace("accuracy(", "self.accuracy(").replace("\n", "\n        ")
    inside = "class Task:\n    def run(self):\n" + method + "\n"
    inside += "\n    " + text.replace("accuracy(said", "accuracy(self, said").replace(
        "\n", "\n    "
    )
    assert [name for name, _ in _found(tmp_path, inside)] == ["wanted"]
    assert _found(tmp_path, text + _CALL.replace("accuracy(logits", "accuracy(logits[m]")) == []
    assert _found(tmp_path, text + _CALL.replace("F.cross_entropy(", "margin(")) == []


@pytest.mark.parametrize(
    "body",
    [
        "mask = wanted != -100\n    return (said.argmax(-1) == wanted)[mask].float().mean()",
        "right = (said.argmax(-1) == wanted) & (wanted != -100)\n"
        "    return right.sum() / (wanted != -100).sum()",
        "return (said.argmax(-1) == wanted).float().sum()",
        "return (said.argmax(-1) == wanted).sum() / wanted.ne(0).sum()",
        "said, wanted = drop(said, wanted)\n    wanted = drop(wanted)\n"
        "    return (said.argmax(-1) == wanted).float().mean()",
        "return (said == wanted).float().mean()",
    ],
)
def test_a_function_that_leaves_places_out_is_not(tmp_path, body):
    assert _found(tmp_path, f"def accuracy(said, wanted):\n    {body}\n" + _CALL) == []
