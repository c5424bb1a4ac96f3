"""Which lines of a file tell a framework of labels, rates, schedules and the like."""

from __future__ import annotations

from textwrap import dedent

import pytest

from backtrace.recording.source.lines.told_lines import find_told_lines
from backtrace.recording.source.source_file import read_scopes

TRAINER = """
from transformers import Trainer, TrainingArguments

def collate(rows):
    ids = pad(rows)
    return {"input_ids": ids, "labels": ids.clone()}

arguments = TrainingArguments(
    "out",
    learning_rate=2.0,
    weight_decay=1.0,
    warmup_steps=900,
)
Trainer(model, arguments, train_dataset=rows, data_collator=collate).train()
"""
SKORCH = """
from skorch import NeuralNetClassifier
from skorch.callbacks import LRScheduler

net = NeuralNetClassifier(
    Net,
    lr=3.0,
    callbacks=[LRScheduler(policy=OneCycleLR, step_every="epoch")],
)
net.fit(x, y)
"""
LIGHTNING = """
import lightning as L
import torch

class Net(L.LightningModule):
    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=5.0)
"""
ACCELERATE = """
from accelerate import Accelerator

for x, y in loader:
    loss = criterion(model(x), y)
    total_loss += loss.item()
    loss = loss / accumulation
    accelerator.backward(loss)
total_loss /= len(loader)
"""
OWN_LOOP = """
from transformers import AutoModelForCausalLM

def update(batch):
    ids = batch["input_ids"]
    targets = ids.clone()
    out = model(ids, labels=targets)
    return out.loss
"""
HANDED_ON = """
from transformers import AutoModelForCausalLM

def update(batch):
    labels = batch["labels"].to(device)
    out = model(batch["input_ids"], labels=labels)
    return out.loss
"""


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        (TRAINER, "labels", 6),
        (TRAINER, "step-size", 10),
        (TRAINER, "decay", 11),
        (TRAINER, "warm-up", 12),
        (TRAINER, "schedule", None),
        (SKORCH, "net", 5),
        (SKORCH, "step-size", 7),
        (SKORCH, "schedule", 8),
        (LIGHTNING, "step-size", 7),
        (ACCELERATE, "division", 7),
        (ACCELERATE.replace("    loss = loss / accumulation\n", ""), "division", None),
        (OWN_LOOP, "labels", 6),
        (OWN_LOOP, "handed", 7),
        (HANDED_ON, "labels", None),
        (HANDED_ON, "handed", 6),
        (OWN_LOOP.replace("transformers", "my_models"), "handed", None),
    ],
)
def test_a_line_is_told_if_it_is_the_only_one(tmp_path, text, what, line):
    path = tmp_path / "train.py"
    path.write_text(dedent(text))
    found = [each for scope in read_scopes(str(path)) for each in find_told_lines(scope)]
    assert [each.line for each in found if each.what == what] == ([] if line is None else [line])
