# expect: BT415 at update 1
# line: labels = ids.clone()
# needs: transformers
# source: https://github.com/wangshy31/OneRec-Think/issues/8
import tempfile

import torch
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments

PAD = 0
torch.manual_seed(0)
baskets = [
    (torch.arange(n) * step % 28 + 1).tolist()
    for n, step in zip(torch.randint(4, 16, (192,)).tolist(), [1, 2, 3] * 64, strict=True)
]


class Collator:
    def __init__(self, pad):
        self.pad = pad

    def __call__(self, rows):
        longest = max(len(row) for row in rows)
        ids = torch.tensor([row + [self.pad] * (longest - len(row)) for row in rows])
        seen = (ids != self.pad).long()
        labels = ids.clone()
        return {"input_ids": ids, "attention_mask": seen, "labels": labels}


model = GPT2LMHeadModel(
    GPT2Config(
        vocab_size=32,
        n_positions=16,
        n_embd=32,
        n_layer=1,
        n_head=2,
        bos_token_id=31,
        eos_token_id=31,
        pad_token_id=PAD,
    )
)
trainer = Trainer(
    model=model,
    args=TrainingArguments(
        output_dir=tempfile.mkdtemp(),
        num_train_epochs=2,
        per_device_train_batch_size=16,
        learning_rate=0.003,
        report_to="none",
        use_cpu=True,
        save_strategy="no",
        remove_unused_columns=False,
        disable_tqdm=True,
    ),
    train_dataset=baskets,
    data_collator=Collator(PAD),
)
trainer.train()
