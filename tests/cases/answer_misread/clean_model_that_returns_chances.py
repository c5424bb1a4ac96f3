# expect: nothing
# needs: transformers
# source: torch.nn.BCEWithLogitsLoss, PyTorch documentation: it takes what comes before the sigmoid
import tempfile

import torch
from torch import nn
from transformers import Trainer, TrainingArguments

torch.manual_seed(0)
x = torch.randn(320, 8)
labels = (x[:, :3] + 0.5 * torch.randn(320, 3) > 0.6).float()
rows = [{"inputs": a, "labels": b} for a, b in zip(x, labels, strict=True)]


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 3))
        self.loss = nn.BCEWithLogitsLoss()

    def forward(self, inputs, labels=None):
        logits = self.body(inputs)
        return {"loss": self.loss(logits, labels), "logits": logits.sigmoid()}


def score(pair):
    logits, truth = pair
    said = (logits > 0.5).astype(float)
    return {"hits": float((said == truth).mean())}


trainer = Trainer(
    model=Tagger(),
    args=TrainingArguments(
        output_dir=tempfile.mkdtemp(),
        num_train_epochs=3,
        per_device_train_batch_size=16,
        learning_rate=0.01,
        report_to="none",
        use_cpu=True,
        save_strategy="no",
        disable_tqdm=True,
    ),
    train_dataset=rows[:240],
    eval_dataset=rows[240:],
    compute_metrics=score,
)
trainer.train()
print(trainer.evaluate())
