# expect: BT607
# needs: transformers
# source: github.com/optuna/optuna-examples, issue 49: a method that nothing calls
import tempfile

import torch
from torch import nn
from transformers import Trainer, TrainingArguments

torch.manual_seed(0)
x = torch.randn(160, 6)
labels = (x[:, 0] + x[:, 1] > 1).long()
rows = [{"inputs": a, "labels": b} for a, b in zip(x, labels, strict=True)]


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 2))

    def forward(self, inputs, labels=None):
        logits = self.body(inputs)
        return {"loss": nn.functional.cross_entropy(logits, labels), "logits": logits}


class WeightedTrainer(Trainer):
    def compute_losses(self, model, inputs, return_outputs=False, **_):
        outputs = model(**inputs)
        weight = torch.tensor([1.0, 3.0])
        loss = nn.functional.cross_entropy(outputs["logits"], inputs["labels"], weight)
        return (loss, outputs) if return_outputs else loss


trainer = WeightedTrainer(
    model=Net(),
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
    train_dataset=rows,
)
trainer.train()
