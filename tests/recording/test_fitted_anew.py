"""Nets of skorch's that are loaded and then fitted, which begins from the start."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.models.fitted_anew import find_fitted_anew
from backtrace.recording.source.source_file import read_scopes

_HEAD = """
import os
from torch import nn
from skorch import NeuralNet, NeuralNetClassifier


class Net(nn.Module):
    pass


class Own(NeuralNet):
    def get_loss(self, scores, targets, **options):
        return scores.mean()


"""
_MAKE = "net = NeuralNetClassifier(Net, lr=0.1)\n"
_LOAD = "net.initialize()\nnet.load_params(f_params='last.pt')\n"
_FIT = "net.fit(x, y)\n"
_OVER = "class Kept(Own):\n    def initialize(self):\n        return self\n\n"


def _inside(head, text):
    return head + "".join(f"    {line}\n" for line in text.splitlines())


@pytest.mark.parametrize(
    "text",
    [
        _MAKE + _LOAD + _FIT,
        _MAKE.replace("Net,", "module=Net, module__width=4,") + _LOAD + _FIT,
        _MAKE.replace("NeuralNetClassifier", "Own") + _LOAD + _FIT,
        _MAKE + _inside("if os.path.exists('last.pt'):\n", _LOAD) + _FIT,
        _MAKE + _LOAD + _inside("if train:\n", _FIT),
        _MAKE + _inside("try:\n", _LOAD) + "except FileNotFoundError:\n    pass\n" + _FIT,
        _inside("def main():\n", _MAKE + _LOAD + "print(net.score(x, y))\n" + _FIT),
        _MAKE + "net.initialize()\nnet.module_.load_state_dict(state)\n" + _FIT,
        _inside("for part in parts:\n", _MAKE + _LOAD + _FIT),
    ],
)
def test_what_was_loaded_is_lost(tmp_path, text):
    (slip,) = _find(tmp_path, _HEAD + text)
    assert (slip.kind, slip.name) == ("fitted-anew", "net")


@pytest.mark.parametrize(
    "text",
    [
        _MAKE + _LOAD + _FIT.replace("fit", "partial_fit"),
        _MAKE.replace("lr=", "warm_start=True, lr=") + _LOAD + _FIT,
        _MAKE + _LOAD + "net.set_params(warm_start=True)\n" + _FIT,
        _MAKE.replace("Net,", "Net(),") + _LOAD + _FIT,
        _MAKE.replace("Net,", "make_module,") + _LOAD + _FIT,
        _MAKE.replace("lr=0.1", "**options") + _LOAD + _FIT,
        _MAKE.replace("lr=0.1", "callbacks=[LoadInitState(kept)]") + _LOAD + _FIT,
        _MAKE + _FIT + _LOAD + "print(net.score(x, y))\n",
        _MAKE + _inside("for rows in folds:\n", _FIT + _LOAD),
        _MAKE + _LOAD + _MAKE + _FIT,
        _MAKE + _LOAD + "net.set_params(module=net.module_)\n" + _FIT,
        _MAKE + _inside("if resume:\n", _LOAD) + _inside("else:\n", _FIT),
        _MAKE + _inside("try:\n", _LOAD) + _inside("except FileNotFoundError:\n", _FIT),
        _MAKE + _inside("try:\n", _LOAD + "there = True\n")
        + "except OSError:\n    there = False\n" + _inside("if not there:\n", _FIT),
        _inside("def main(test):\n", _MAKE + _inside("if test:\n", _LOAD + "return net\n") + _FIT),
        _MAKE + _LOAD + "other.fit(x, y)\n",
        _OVER + _MAKE + _LOAD + _FIT,
        _inside("def go_on(net):\n", _LOAD + _FIT),
    ],
)  # fmt: skip
def test_nothing_is_lost(tmp_path, text):
    assert not _find(tmp_path, _HEAD + text)


def test_nets_that_are_not_skorchs(tmp_path):
    text = (_HEAD + _MAKE + _LOAD + _FIT).replace("from skorch", "from nets")
    assert not _find(tmp_path, text)


def _find(folder, text):
    path = folder / "train.py"
    path.write_text(text)
    linecache.clearcache()
    return [slip for scope in read_scopes(str(path)) for slip in find_fitted_anew(scope)]
