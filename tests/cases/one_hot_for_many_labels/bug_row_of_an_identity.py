# expect: BT594 at update 1
# needs: transformers
# source: github.com/huggingface/transformers, issue 7571: labels in one-hot form
import tempfile

import numpy as np
import torch
from torch.utils.data import Dataset
from transformers import (
    DistilBertConfig,
    DistilBertForSequenceClassification,
    Trainer,
    TrainingArguments,
)


class Colours(Dataset):
    def __init__(self, count):
        self.ids = torch.randint(4, 60, (count, 6))
        self.kinds = self.ids[:, -1] % 5

    def __len__(self):
        return len(self.kinds)

    def __getitem__(self, at):
        return {
            "input_ids": self.ids[at],
            "labels": np.eye(5, dtype=np.float32)[self.kinds[at]],
        }


torch.manual_seed(0)
config = DistilBertConfig(
    vocab_size=60, dim=16, n_layers=1, n_heads=2, hidden_dim=32, num_labels=5, pad_token_id=0
)
with tempfile.TemporaryDirectory() as folder:
    options = TrainingArguments(
        output_dir=folder,
        per_device_train_batch_size=16,
        num_train_epochs=2,
        learning_rate=1e-3,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
        use_cpu=True,
    )
    model = DistilBertForSequenceClassification(config)
    Trainer(model, options, train_dataset=Colours(96)).train()
