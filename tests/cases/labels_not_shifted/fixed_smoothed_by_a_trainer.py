# expect: nothing
# needs: transformers
# source: github.com/huggingface/transformers, issue 27161
# The labels of a class of one's own are shifted by its own loss.
import torch
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments


class Writer(GPT2LMHeadModel):
    """Does what the class that it is made of does."""


torch.manual_seed(0)
config = GPT2Config(
    vocab_size=30, n_positions=12, n_embd=16, n_layer=1, n_head=2, bos_token_id=0, eos_token_id=0
)
rows = (torch.randint(30, (64, 1)) + 7 * torch.arange(12)) % 30
Trainer(
    model=Writer(config),
    args=TrainingArguments(
        output_dir="out",
        per_device_train_batch_size=16,
        num_train_epochs=2,
        report_to="none",
        save_strategy="no",
        use_cpu=True,
    ),
    train_dataset=[{"input_ids": row, "labels": row.clone()} for row in rows],
).train()
