"""Sums of loss terms that a part of them is written over, and what looks alike."""

from __future__ import annotations

import pytest

from backtrace.recording.source.losses.parts_for_sums import find_parts_for_sums
from backtrace.recording.source.source_file import read_scopes

TRAINED = "loss.backward()"


def found_in(tmp_path, lines):
    path = tmp_path / "train.py"
    path.write_text("for batch in batches:\n" + "".join(f"    {line}\n" for line in lines))
    scopes = read_scopes(str(path))
    return [(slip.line, slip.beside) for scope in scopes for slip in find_parts_for_sums(scope)]


@pytest.mark.parametrize(
    ("lines", "lost"),
    [
        (["loss = a * w + b * v", "print(loss)", "loss = a * w", TRAINED], "b"),
        (["loss = a", "loss += 0.1 * b", "log(loss.item())", "loss = a", TRAINED], "b"),
        (["loss = f(x, y) + g(x, z)", "loss = f(x, y)", "loss /= 4", TRAINED], "g(x, z)"),
        (["self.loss = self.a + self.b", "self.loss = self.a", "self.loss.backward()"], "self.b"),
        (["loss = a + b", "loss = a.mean()", "accelerator.backward(loss)"], "b"),
    ],
)
def test_a_part_that_is_written_over_its_sum(tmp_path, lines, lost):
    ((_, beside),) = found_in(tmp_path, lines)
    assert beside == lost


@pytest.mark.parametrize(
    "lines",
    [
        ["loss = a + b", "loss.backward(retain_graph=True)", "loss = a", TRAINED],
        ["loss = a + b", "if warm:", "    loss = a", TRAINED],
        ["loss = a + b", "loss = a if warm else loss", TRAINED],
        ["loss = a + b", "loss = a", "loss = loss + b", TRAINED],
        ["loss = a + b", "loss = a", TRAINED, "b.backward()"],
        ["loss = a + b", "kept.append(loss)", "loss = a", TRAINED],
        ["loss = a + b", "weight = torch.log(loss)", "loss = a", TRAINED],
        ["loss = a + b", "loss = torch.where(mask, a, b)", TRAINED],
        ["loss = a + b", "loss = a * c", TRAINED],
        ["with torch.no_grad():", "    loss = a + b", "loss = a", TRAINED],
        ["x = a + b", "x = a", "y = f(x)"],
    ],
)
def test_what_is_none(tmp_path, lines):
    assert found_in(tmp_path, lines) == []
