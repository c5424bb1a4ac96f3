# expect: BT108
# line: cross_entropy(
# needs: transformers
# source: https://github.com/huggingface/transformers/issues/37110
import tempfile

import torch
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments

torch.manual_seed(0)
starts = torch.randint(0, 40, (128, 1))
rows = [{"input_ids": each, "labels": each} for each in (starts + torch.arange(12)) % 40]


class NextTrainer(Trainer):
    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        labels = inputs.pop("labels")
        outputs = model(**inputs)
        loss = torch.nn.functional.cross_entropy(
            outputs.logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten()
        )
        return (loss, outputs) if return_outputs else loss


model = GPT2LMHeadModel(
    GPT2Config(
        vocab_size=40,
        n_positions=12,
        n_embd=32,
        n_layer=1,
        n_head=2,
        bos_token_id=0,
        eos_token_id=0,
    )
)
trainer = NextTrainer(
    model=model,
    args=TrainingArguments(
        output_dir=tempfile.mkdtemp(),
        num_train_epochs=4,
        per_device_train_batch_size=8,
        gradient_accumulation_steps=4,
        learning_rate=0.003,
        max_grad_norm=0.0,
        report_to="none",
        use_cpu=True,
        save_strategy="no",
        disable_tqdm=True,
    ),
    train_dataset=rows,
)
trainer.train()
