"""Schedulers that a Lightning module returns, and that nothing steps where it steps by hand."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.loops.unstepped_schedulers import find_unstepped_schedulers
from backtrace.recording.source.source_file import read_scopes

_MODULE = """
import lightning as L
import torch


class Net(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.automatic_optimization = False

    def on_train_epoch_end(self):
        pass

    def configure_optimizers(self):
        optimizer = torch.optim.SGD(self.parameters(), lr=0.1)
        return [optimizer], [torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)]
"""
_TWO = """        slow = torch.optim.lr_scheduler.StepLR(optimizer, 3)
        return [optimizer], [torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.9), slow]
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (_MODULE, ["self.lr_schedulers()"]),
        ("".join([*_MODULE.splitlines(True)[:-1], _TWO]),
         ["self.lr_schedulers()[0]", "self.lr_schedulers()[1]"]),
        (_MODULE.replace("pass", "self.lr_schedulers().step()"), []),
        (_MODULE.replace("pass", "self.trainer.lr_scheduler_configs[0].scheduler.step()"), []),
        (_MODULE.replace("= False", "= True"), []),
        (_MODULE.replace("        self.automatic_optimization = False\n", ""), []),
        (_MODULE.replace("L.LightningModule", "Base"), []),
    ],
)  # fmt: skip
def test_what_lightning_leaves_to_the_module(tmp_path, text, found):
    path = tmp_path / "train.py"
    path.write_text(text)
    linecache.clearcache()
    slips = [slip for scope in read_scopes(str(path)) for slip in find_unstepped_schedulers(scope)]
    assert [slip.name for slip in slips] == found


def test_schedulers_are_numbered_as_they_are_written(tmp_path):
    path = tmp_path / "train.py"
    path.write_text("".join([*_MODULE.splitlines(True)[:-1], _TWO]))
    linecache.clearcache()
    slips = [slip for scope in read_scopes(str(path)) for slip in find_unstepped_schedulers(scope)]
    assert [(slip.name, slip.beside) for slip in slips] == [
        ("self.lr_schedulers()[0]", "StepLR"),
        ("self.lr_schedulers()[1]", "ExponentialLR"),
    ]
    assert slips[0].line < slips[1].line
