"""What `init` and `configs --copy` write is a config that loads and trains."""

from __future__ import annotations

import pytest
import yaml

from backtrace.config.bundled import bundled_names, copy_bundled, find_bundled
from backtrace.config.load import load_config
from backtrace.config.starter import make_starter
from backtrace.errors import UsageError
from backtrace.train.training import build_training

SEQUENTIAL = """
import torch
from torch import nn
net = nn.Sequential(nn.Linear(20, 32), nn.ReLU(), nn.Dropout(0.1), nn.Linear(32, 5, bias=False))
opt = torch.optim.AdamW(net.parameters(), lr=3e-4, weight_decay=0.01)
loader = DataLoader(data, batch_size=25, shuffle=True)
for epoch in range(3):
    for x, y in loader:
        nn.functional.cross_entropy(net(x), y).backward()
"""
OWN_CLASS = """
class Net(nn.Module): ...
criterion = torch.nn.CrossEntropyLoss(label_smoothing=0.1)
optimizer = SGD(Net().parameters(), 0.1, momentum=0.9)
"""
BINARY = """
net = nn.Sequential(nn.Conv1d(2, 3, 3), nn.Flatten(), nn.Linear(90, 1))
criterion = nn.BCEWithLogitsLoss()
"""


def train(text, folder):
    path = folder / "made.yaml"
    path.write_text(text, "utf-8")
    loaded = load_config(path).limited(1)
    training = build_training(loaded.config, loaded.folder, loaded.locate)
    training.run()
    return yaml.safe_load(text)


@pytest.mark.parametrize("source", ["", SEQUENTIAL, OWN_CLASS, BINARY, "print('no training')"])
def test_it_loads_and_trains(source, tmp_path):
    train(make_starter(source, "train.py" if source else ""), tmp_path)


def test_what_stands_in_a_script_is_taken_from_it(tmp_path):
    found = train(make_starter(SEQUENTIAL, "train.py"), tmp_path)
    assert found["model"] == ["Linear(20, 32)", "ReLU", "Dropout(0.1)", "Linear(32, 5, bias=False)"]
    assert found["loss"] == "CrossEntropyLoss"
    assert found["optimizer"] == {"type": "AdamW", "lr": 3e-4, "weight_decay": 0.01}
    assert (found["data"]["batch_size"], found["loop"]["epochs"]) == (25, 3)
    assert found["data"]["target"] == {"shape": [64], "classes": 5}


def test_what_is_not_seen_is_said():
    text = make_starter(OWN_CLASS, "train.py")
    assert "model:  # not seen in train.py" in text
    assert 'loss: "CrossEntropyLoss(label_smoothing=0.1)"  # from train.py' in text
    assert "optimizer: {type: SGD, momentum: 0.9, lr: 0.1}  # from train.py" in text


def test_a_script_is_never_run(tmp_path):
    make_starter(f"open({str(tmp_path / 'ran')!r}, 'w')", "train.py")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", bundled_names())
def test_a_copy_has_all_that_it_needs(name, tmp_path):
    written = copy_bundled(name, tmp_path)
    lines = find_bundled(name).read_text("utf-8").splitlines()
    # The schema stands beside our own configs, not beside a copy.
    kept = [line for line in lines if "../docs/config.schema.json" not in line]
    assert written[0].read_text("utf-8").splitlines() == kept
    load_config(written[0])
    names = {path.name for path in written}
    assert ("why_none_model.py" in names) == (name == "why_none")
    assert ("digits.npz" in names) == (name == "digits")
    with pytest.raises(UsageError, match="there already"):
        copy_bundled(name, tmp_path)
