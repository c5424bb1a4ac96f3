"""Labels in one-hot form, and what says that they are meant so."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.losses.one_hot_labels import find_one_hot_labels
from backtrace.recording.source.source_file import read_scopes

_MODEL = "model = BertForSequenceClassification(config)\n"
_LABELS = "labels = F.one_hot(y, 4).float()\nmodel(input_ids=ids, labels=labels[rows])\n"
_ROW = "row = {'input_ids': ids, 'labels': one_hot(y, 4).to(torch.float)}\n"


@pytest.mark.parametrize("text", [_MODEL + _LABELS, _MODEL + _ROW])
def test_nothing_says_what_they_are(tmp_path, text):
    (slip,) = _find(tmp_path, text)
    assert slip.kind == "one-hot-labels"


@pytest.mark.parametrize(
    "text",
    [
        _LABELS,
        _MODEL.replace("config", "config, problem_type=kind") + _LABELS,
        "config.problem_type = kind\n" + _MODEL + _LABELS,
        _MODEL + _LABELS.replace(".float()", ""),
        _MODEL + _LABELS.replace(".float()", ".sum(1).float()"),
        _MODEL + _LABELS.replace(".float()", ".float() + one_hot(z, 4)"),
        _MODEL + _ROW.replace("labels", "kinds"),
        _MODEL + _ROW + "loss = nn.BCEWithLogitsLoss()(scores, row['labels'])\n",
        _MODEL + _ROW + "def compute_loss(self, model, inputs):\n    pass\n",
    ],
)
def test_they_are_meant_so(tmp_path, text):
    assert not _find(tmp_path, text)


def _find(folder, text):
    path = folder / "train.py"
    path.write_text(text)
    linecache.clearcache()
    return [slip for scope in read_scopes(str(path)) for slip in find_one_hot_labels(scope)]
