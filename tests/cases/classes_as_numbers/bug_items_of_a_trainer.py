# expect: BT596 at update 1
# needs: transformers
# source: huggingface.co/docs/transformers, BertForSequenceClassification: one label is a regression
import tempfile

import torch
from torch.utils.data import Dataset
from transformers import (
    DistilBertConfig,
    DistilBertForSequenceClassification,
    Trainer,
    TrainingArguments,
)


class Spam(Dataset):
    def __init__(self, count):
        self.ids = torch.randint(4, 60, (count, 6))
        self.is_spam = (self.ids < 12).any(1)

    def __len__(self):
        return len(self.ids)

    def __getitem__(self, at):
        return {"input_ids": self.ids[at], "label": int(self.is_spam[at])}


torch.manual_seed(0)
config = DistilBertConfig(
    vocab_size=60, dim=16, n_layers=1, n_heads=2, hidden_dim=32, num_labels=1, pad_token_id=0
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
    Trainer(model, options, train_dataset=Spam(96)).train()
