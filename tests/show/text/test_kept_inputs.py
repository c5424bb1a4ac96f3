"""An input's gradient begins at None, or it is said why not: of a config and of a script alike."""

from __future__ import annotations

import pytest
from command_runs import run_here

LOOP = """\
import torch
net = torch.nn.Linear(3, 1)
sgd = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.ones(4, 3, requires_grad=True)
for _ in range(3):
    sgd.zero_grad()
{clear}
    net(x).square().mean().backward()
    sgd.step()
"""
SAID = ".grad of input began with what earlier updates left"


@pytest.mark.parametrize(("clear", "is_said"), [("", True), ("    x.grad = None", False)])
def test_an_input_that_gathers_is_told_of(tmp_path, clear, is_said):
    (tmp_path / "train.py").write_text(LOOP.format(clear=clear))
    done = run_here("run", "--updates", "2", "train.py", cwd=tmp_path, COLUMNS="200")
    assert (SAID in done.stderr) is is_said
    assert (SAID in run_here("run", "--updates", "1", "train.py", cwd=tmp_path).stderr) is False


def test_a_configs_batch_is_another_tensor_each_time(tmp_path):
    assert SAID not in run_here("run", "linear", cwd=tmp_path).stdout
