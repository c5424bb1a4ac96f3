"""A folder of scripts: which of them train, and where a limit stops one."""

from __future__ import annotations

import pytest

from backtrace.check.folder import scripts_in
from backtrace.check.limit import Limit
from backtrace.interrupts import LimitReached
from backtrace.ledger.events import ForwardRan, StepTaken

TEXTS = {
    "loop.py": "import torch\nfor _ in range(3):\n    loss.backward()\n",
    "guarded.py": "from torch import optim\nmain = print\nif __name__ == '__main__':\n    main()\n",
    "called.py": "import torch\ndef main():\n    torch.optim.SGD([])\nmain()\n",
    "deep/fit.py": "import lightning\ntrainer = lightning.Trainer()\ntrainer.fit(1)\n",
    "model.py": "import torch\ndef train():\n    loss.backward()\n",
    "data.py": "import torch\nfor _ in range(3):\n    print(_)\n",
    "other.py": "for _ in range(3):\n    x.step()\n",
    "broken.py": "import torch\nfor _ in optim\n",
    "test_loop.py": "import torch\nfor _ in range(3):\n    loss.backward()\n",
    ".hidden/loop.py": "import torch\nfor _ in range(3):\n    loss.backward()\n",
}


def test_the_scripts_of_a_folder_are_those_that_train(tmp_path):
    for name, text in TEXTS.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = [path.relative_to(tmp_path).as_posix() for path in scripts_in(tmp_path)]
    assert found == ["called.py", "deep/fit.py", "guarded.py", "loop.py"]


def _step(optimizer="sgd"):
    return StepTaken(
        index=0, elapsed=0.0, optimizer=optimizer, type="SGD", lr=(), grads={}, values={}
    )


def test_a_limit_ends_what_goes_on():
    limit, forward = Limit(2), ForwardRan(index=0, elapsed=0.0, module="net")
    for event in (forward, _step(), forward, _step("adam"), forward, _step()):
        limit.follow(event)
    assert not limit.has_stopped  # this may have been all
    with pytest.raises(LimitReached):
        limit.follow(forward)
    assert limit.has_stopped
