# expect: BT457 at update 1
# line: pad_token_id=END
# needs: transformers
# source: https://github.com/huggingface/transformers/issues/23530
import tempfile

import torch
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments

END = 1
torch.manual_seed(0)
orders = [
    [*(torch.arange(n) * 3 % 20 + 2).tolist(), END] for n in torch.randint(3, 12, (128,)).tolist()
]
settings = GPT2Config(
    vocab_size=24,
    n_positions=16,
    n_embd=32,
    n_layer=1,
    n_head=2,
    bos_token_id=END,
    eos_token_id=END,
    pad_token_id=END,
)


def gather(rows):
    longest = max(map(len, rows))
    ids = torch.tensor([row + [END] * (longest - len(row)) for row in rows])
    seen = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    labels = ids.masked_fill(ids == END, -100)
    return {"input_ids": ids, "attention_mask": seen, "labels": labels}


trainer = Trainer(
    model=GPT2LMHeadModel(settings),
    args=TrainingArguments(
        output_dir=tempfile.mkdtemp(),
        num_train_epochs=2,
        per_device_train_batch_size=16,
        learning_rate=0.002,
        report_to="none",
        use_cpu=True,
        save_strategy="no",
        remove_unused_columns=False,
        disable_tqdm=True,
    ),
    train_dataset=orders,
    data_collator=gather,
)
trainer.train()
