# expect: nothing
# needs: transformers
# The Trainer smooths the labels of a model that it knows, and shifts them.
import torch
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments

torch.manual_seed(0)
config = GPT2Config(
    vocab_size=30, n_positions=12, n_embd=16, n_layer=1, n_head=2, bos_token_id=0, eos_token_id=0
)
rows = (torch.randint(30, (64, 1)) + 7 * torch.arange(12)) % 30
Trainer(
    model=GPT2LMHeadModel(config),
    args=TrainingArguments(
        output_dir="out",
        per_device_train_batch_size=16,
        num_train_epochs=2,
        label_smoothing_factor=0.1,
        report_to="none",
        save_strategy="no",
        use_cpu=True,
    ),
    train_dataset=[{"input_ids": row, "labels": row.clone()} for row in rows],
).train()
