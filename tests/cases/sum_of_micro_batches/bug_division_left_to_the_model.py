# expect: BT108
# line: def forward(self
# needs: transformers
# source: https://github.com/huggingface/transformers/issues/47688
import tempfile

import torch
from torch import nn
from transformers import Trainer, TrainingArguments

torch.manual_seed(0)
x = torch.randn(192, 8)
labels = (x[:, 0] * x[:, 1] > 0).long()
rows = [{"inputs": a, "labels": b} for a, b in zip(x, labels, strict=True)]


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 2))

    def forward(self, inputs, labels=None, **options):
        logits = self.body(inputs)
        if labels is None:
            return {"logits": logits}
        loss = nn.functional.cross_entropy(logits, labels)
        return {"loss": loss, "logits": logits}


trainer = Trainer(
    model=Classifier(),
    args=TrainingArguments(
        output_dir=tempfile.mkdtemp(),
        num_train_epochs=4,
        per_device_train_batch_size=8,
        gradient_accumulation_steps=4,
        learning_rate=0.01,
        max_grad_norm=0.0,
        report_to="none",
        use_cpu=True,
        save_strategy="no",
        disable_tqdm=True,
    ),
    train_dataset=rows,
)
trainer.train()
