"""Folds that fit one net of skorch's, which makes a module anew of its class alone."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.data.refitted_folds import find_refitted_folds
from backtrace.recording.source.source_file import read_scopes

_HEAD = """
import torch
from torch import nn
from skorch import NeuralNetClassifier
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.model_selection import KFold, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler


class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.head = nn.Linear(4, width)


def fit_and_score(estimator, x, y, train, held_out):
    estimator.fit(x[train], y[train])
    return estimator.score(x[held_out], y[held_out])


"""
_NET = "net = NeuralNetClassifier(Net(), max_epochs=5)\n"
_LOOP = """
for train, held_out in KFold(5).split(x):
    net.fit(x[train], y[train])
    print(net.score(x[held_out], y[held_out]))
"""
_PIPED = _LOOP.replace("net.", "piped.")


@pytest.mark.parametrize(
    "text",
    [
        _NET + _LOOP,
        _NET.replace("Net()", "module=Net(16).to('cpu')") + _LOOP,
        _NET.replace("Net()", "nn.Sequential(nn.Linear(4, 2))") + _LOOP,
        "model = Net()\n" + _NET.replace("Net()", "model") + _LOOP,
        _NET + "piped = Pipeline([('scale', StandardScaler()), ('net', net)])" + _PIPED,
        _NET + _PIPED.replace("    piped.fit", "    piped = make_pipeline(net)\n    piped.fit"),
        "model = Net()\n" + _LOOP.replace("    net.fit", "    " + _NET.replace("Net()", "model")
                                          + "    net.fit"),
        _NET + """
folds = KFold(5)
for number, (train, held_out) in enumerate(folds.split(x)):
    print(number, fit_and_score(net, x, y, train, held_out))
""",
    ],
)  # fmt: skip
def test_a_net_that_is_given_a_module(tmp_path, text):
    (slip,) = _find(tmp_path, _HEAD + text)
    assert (slip.kind, slip.name) == ("refitted", "net")


@pytest.mark.parametrize(
    "text",
    [
        _NET.replace("Net()", "Net") + _LOOP,
        "model = Net\n" + _NET.replace("Net()", "model") + _LOOP,
        _NET.replace("Net()", "Net(), module__width=4") + _LOOP,
        _NET.replace("Net()", "Net(), **options") + _LOOP,
        _NET.replace("Net()", "make_net()") + _LOOP,
        _NET + _LOOP.replace("    net.fit", "    net = clone(net)\n    net.fit"),
        _NET + _LOOP.replace("    net.fit", "    net.set_params(module=Net())\n    net.fit"),
        _NET + _LOOP.replace("    net.fit", "    net.load_params('begin.pt')\n    net.fit"),
        _NET + _LOOP + "    break\n",
        _LOOP.replace("    net.fit", "    " + _NET + "    net.fit"),
        _LOOP.replace("    net.fit", "    model = Net()\n    " + _NET.replace("Net()", "model")
                      + "    net.fit"),
        _NET + "piped = TransformedTargetRegressor(net)" + _PIPED,
        _NET + "print(cross_val_score(net, x, y, cv=KFold(5)))",
        _NET + "net.fit(x, y)\nnet.fit(x, y)",
        (_NET + _LOOP).replace("NeuralNet", "OtherNet"),
    ],
)  # fmt: skip
def test_a_net_that_begins_anew(tmp_path, text):
    assert not _find(tmp_path, _HEAD + text)


def test_nets_that_are_not_skorchs(tmp_path):
    assert not _find(tmp_path, (_HEAD + _NET + _LOOP).replace("from skorch", "from nets"))


def _find(folder, text):
    path = folder / "train.py"
    path.write_text(text)
    linecache.clearcache()
    return [slip for scope in read_scopes(str(path)) for slip in find_refitted_folds(scope)]
