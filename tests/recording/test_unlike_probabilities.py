"""What modules give skorch's NeuralNetClassifier, which takes the logarithm of it."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.losses.unlike_probabilities import find_unlike_probabilities
from backtrace.recording.source.source_file import read_scopes

_HEAD = """
from torch import nn
from skorch import NeuralNetClassifier


class Net(nn.Module):
    def __init__(self):
        self.head = nn.Linear(4, 3)
        self.last = nn.LogSoftmax(dim=1)
        self.soft = nn.Softmax(dim=1)
        self.row = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3))

    def forward(self, x):
        {}


"""
_NET = "net = NeuralNetClassifier(Net, lr=0.1)\n"
_LOG = "return F.log_softmax(self.head(x), dim=1)"


@pytest.mark.parametrize(
    ("body", "text", "kind"),
    [
        (_LOG, _NET, "log-probabilities"),
        (_LOG, _NET.replace("lr=", "criterion=nn.NLLLoss, lr="), "log-probabilities"),
        (_LOG, _NET.replace("Net,", "module=Net(),"), "log-probabilities"),
        (_LOG, "model = Net()\n" + _NET.replace("Net,", "model,"), "log-probabilities"),
        ("return self.last(self.head(x))", _NET, "log-probabilities"),
        ("return nn.LogSoftmax(1)(self.head(x))", _NET, "log-probabilities"),
        ("x = self.head(x)\n        x = x.log_softmax(1)\n        return x", _NET,
         "log-probabilities"),
        ("return self.head(x)", _NET, "logits"),
        ("return self.row(x)", _NET.replace("lr=", "criterion=nn.NLLLoss(), lr="), "logits"),
    ],
)  # fmt: skip
def test_no_probabilities(tmp_path, body, text, kind):
    (slip,) = _find(tmp_path, _HEAD.format(body) + text)
    assert (slip.kind, slip.name) == ("skorch-log", kind)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("return self.soft(self.head(x))", _NET),
        ("return self.head(x).softmax(1)", _NET),
        ("return F.log_softmax(self.head(x), dim=1).exp()", _NET),
        (_LOG, _NET.replace("lr=", "criterion=nn.CrossEntropyLoss, lr=")),
        (_LOG, _NET.replace("lr=", "criterion=Own, lr=")),
        (_LOG, _NET + "net.set_params(criterion=nn.CrossEntropyLoss)\n"),
        (_LOG, _NET.replace("lr=0.1", "**options")),
        (_LOG, _NET.replace("NeuralNetClassifier", "NeuralNet")),
        (_LOG, "class NeuralNetClassifier(Base):\n    pass\n\n" + _NET),
        ("x = self.head(x)\n        if self.training:\n            x = x.log_softmax(1)\n"
         "        return x", _NET),
        ("if self.training:\n            return self.head(x)\n        " + _LOG, _NET),
    ],
)  # fmt: skip
def test_probabilities(tmp_path, body, text):
    assert not _find(tmp_path, _HEAD.format(body) + text)


def _find(folder, text):
    path = folder / "train.py"
    path.write_text(text)
    linecache.clearcache()
    return [slip for scope in read_scopes(str(path)) for slip in find_unlike_probabilities(scope)]
