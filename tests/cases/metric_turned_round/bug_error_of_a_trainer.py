# expect: BT451 at update 1
# needs: transformers
# source: github.com/huggingface/transformers, pull request 31142: the worst model was saved
import tempfile

import torch
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments

torch.manual_seed(0)
words = torch.randint(1, 20, (96, 6))
lengths = words.float().mean(1) / 10
rows = [
    {"input_ids": row, "attention_mask": torch.ones_like(row), "labels": length}
    for row, length in zip(words, lengths, strict=True)
]


def score(found):
    return {"mae": float(abs(found.predictions[:, 0] - found.label_ids).mean())}


config = BertConfig(
    vocab_size=20,
    hidden_size=16,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=16,
    max_position_embeddings=8,
    num_labels=1,
)
model = BertForSequenceClassification(config)
arguments = TrainingArguments(
    output_dir=tempfile.mkdtemp(),
    num_train_epochs=3,
    per_device_train_batch_size=8,
    learning_rate=1e-3,
    eval_strategy="epoch",
    save_strategy="epoch",
    load_best_model_at_end=True,
    metric_for_best_model="eval_mae",
    report_to="none",
    disable_tqdm=True,
    use_cpu=True,
)
trainer = Trainer(
    model, arguments, train_dataset=rows[:64], eval_dataset=rows[64:], compute_metrics=score
)
trainer.train()
