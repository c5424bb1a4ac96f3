"""The Trainer on several ranks, of which each takes a rate of its own when it is asked."""

import os
import sys
import tempfile

import torch
from torch import nn
from transformers import PretrainedConfig, PreTrainedModel, Trainer, TrainingArguments


class Net(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config):
        super().__init__(config)
        self.net = nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 1))
        self.post_init()

    def forward(self, x, labels):
        given = self.net(x)
        return {"loss": nn.functional.mse_loss(given, labels), "logits": given}


torch.manual_seed(0)
rows = [{"x": x, "labels": x.sum(0, keepdim=True)} for x in torch.randn(64, 6)]
with tempfile.TemporaryDirectory() as folder:
    arguments = TrainingArguments(
        output_dir=folder,
        num_train_epochs=1,
        per_device_train_batch_size=4,
        gradient_accumulation_steps=2,
        learning_rate=0.02 * (1 + int(os.environ["RANK"]) * ("own" in sys.argv)),
        use_cpu=True,
        ddp_backend="gloo",
        report_to=[],
        save_strategy="no",
        disable_tqdm=True,
        seed=0,
    )
    Trainer(Net(PretrainedConfig()), arguments, train_dataset=rows).train()
