"""Labels that leave a prompt out, and collators that read them or make their own."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.data.labels_made_anew import find_labels_made_anew
from backtrace.recording.source.source_file import read_scopes

_LIST = "def row(prompt, answer):\n    labels = [-100] * len(prompt) + answer\n    return labels\n"
_SLICE = "def row(ids, start):\n    labels = ids.clone()\n    labels[:start] = -100\n"
_MADE = "DataCollatorForLanguageModeling(tokenizer, mlm=False)"
_TRAIN = f"trainer = Trainer(model, data_collator={_MADE})\n"
_BY_NAME = f"collator = {_MADE}\ntrainer = Trainer(model, data_collator=collator)\n"


@pytest.mark.parametrize(
    "text",
    [
        _LIST + _TRAIN,
        _LIST + _BY_NAME,
        _LIST.replace("labels =", "row['labels'] =") + _TRAIN,
        _LIST.replace("+ answer", "+ answer + [end]") + _TRAIN,
        "IGNORE_INDEX = -100\n" + _LIST.replace("-100", "IGNORE_INDEX") + _TRAIN,
        _SLICE + _TRAIN,
        _SLICE.replace("labels[:start]", "batch['labels'][:, :start]") + _TRAIN,
        _LIST + _TRAIN.replace("mlm=", "").replace("Trainer", "transformers.Trainer"),
    ],
)
def test_what_is_left_out_is_lost(tmp_path, text):
    (slip,) = _find(tmp_path, text)
    assert slip.kind == "labels-made-anew"


@pytest.mark.parametrize(
    "text",
    [
        _TRAIN,
        _LIST + _TRAIN.replace("mlm=False", "mlm=True"),
        _LIST + _TRAIN.replace("mlm=False", "mlm=masked"),
        _LIST + _TRAIN.replace(_MADE, "DataCollatorForSeq2Seq(tokenizer)"),
        _LIST + f"collator = {_MADE}\ntrainer = Trainer(model, data_collator=other)\n",
        _LIST.replace("len(prompt)", "padding_length") + _TRAIN,
        _LIST.replace("len(prompt)", "(longest - len(answer))") + _TRAIN,
        _LIST.replace("len(prompt)", "left").replace("labels", "left = 9 - len(answer)\n    labels")
        + _TRAIN,
        _LIST.replace("[-100] * len(prompt) + answer", "answer + [-100] * len(prompt)") + _TRAIN,
        _LIST.replace("labels = ", "if masked:\n        labels = ") + _TRAIN,
        _SLICE.replace("start", "pad_length") + _TRAIN,
        _SLICE.replace("[:start]", "[labels == pad]") + _TRAIN,
        _LIST + "class Kept(DataCollatorForLanguageModeling):\n    pass\n\n" + _TRAIN,
        _LIST + _TRAIN + "other = Trainer(model, data_collator=default_data_collator)\n",
    ],
)
def test_nothing_is_lost(tmp_path, text):
    assert not _find(tmp_path, text)


def _find(folder, text):
    path = folder / "train.py"
    path.write_text(text)
    linecache.clearcache()
    return [slip for scope in read_scopes(str(path)) for slip in find_labels_made_anew(scope)]
