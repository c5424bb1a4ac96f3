"""What the source says of splits whose training part was not cut."""

from __future__ import annotations

import linecache

import pytest

from backtrace.recording.source.data.uncut_splits import find_uncut_splits
from backtrace.recording.source.source_file import read_scopes


def _lines(tmp_path, text):
    path = tmp_path / "train.py"
    path.write_text(text)
    linecache.clearcache()
    return [found.line for scope in read_scopes(str(path)) for found in find_uncut_splits(scope)]


@pytest.mark.parametrize(
    ("held", "trained"),
    [
        ("test = ids[:n]", "train = ids"),
        ("test = ids[:n]", "train = ids[:]"),
        ("test_ids = ids[-n:]", "train_ids = ids"),
        ("test_u, test_v = u[ids[:n]], v[ids[:n]]", "train_u, train_v = u[ids], v[ids]"),
        ("self.test = Subset(data, ids[:n])", "self.train = Subset(data, ids)"),
        ("valid_rows = Sampler(ids[:n])", "train_rows = Sampler(ids)"),
        ("val = ids[:100]", "train = ids[:900]"),
        ("val = data[ids[900:]]", "train = data[ids[m:]]"),
    ],
)  # fmt: skip
def test_a_training_part_that_was_not_cut(tmp_path, held, trained):
    text = f"ids = torch.randperm(len(data))\n{held}\n{trained}\nmodel(train)\n"
    assert _lines(tmp_path, text) == [3]
    shuffled = f"ids = list(range(9))\nrandom.shuffle(ids)\n{trained}\n{held}\n"
    assert _lines(tmp_path, shuffled) == [3]


@pytest.mark.parametrize(
    "text",
    [
        "test, train = ids[:n], ids[n:]",
        "test, val, train = ids[:n], ids[n:m], ids[m:]",
        "test = ids[:n]\nids = ids[n:]\ntrain = ids",  # the order itself is cut
        "test = ids[:n]\ndel ids[:n]\ntrain = ids",
        "test = ids[:n]\ntrain = ids\ntrain = train[n:]",
        "test = ids[:n]\ntrain = ids\nuse(train[n:])",
        "test = ids[:n]\ntrain = ids\nfor i in test:\n    train.remove(i)",
        "test = ids[:n]\ntrain = ids\nkept = set(train) - set(test)",
        "test = ids[:n]\ntrain = ids\nrest = np.setdiff1d(train, test)",
        "test = ids[:n]\ntrain = ids\nrest = [i for i in train if i not in test]",
        "test = ids[:n]\ntrain_all = ids\nrest = ids[n:]",  # the rest has a name of its own
        "test = ids[:n]\ntrain_full = ids",  # what is said to be all
        "val, train_val = ids[:n], ids",
        "test_x, train_x = test_data[ids[:n]], data[ids]",  # other rows
        "test = ids[:n]\nif full:\n    train = ids\nelse:\n    train = ids[n:]",
        "val_ids, train_ids = ids[:n], ids\ntest_x, test_y = load('test')",  # a part of training's
        "support, query = ids[:n], ids",
        "train = [ids[:k] for k in sizes]\ntest = ids[9:]",
        "order = data.files\ntest, train = order[:n], order",  # in an order of its own
    ],
)
def test_splits_that_are_cut_and_other_uses(tmp_path, text):
    assert _lines(tmp_path, f"ids = torch.randperm(len(data))\n{text}\n") == []
