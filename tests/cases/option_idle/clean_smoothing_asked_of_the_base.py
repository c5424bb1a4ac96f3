# expect: nothing
# needs: transformers
# source: https://github.com/huggingface/transformers/issues/13255
import tempfile

import torch
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments

torch.manual_seed(0)
tokens = torch.randint(3, 60, (192, 8))
topics = tokens[:, 0] % 4
rows = [{"input_ids": a, "labels": b} for a, b in zip(tokens, topics, strict=True)]


class CountingTrainer(Trainer):
    calls = 0

    def compute_loss(self, model, inputs, return_outputs=False, **options):
        CountingTrainer.calls += 1
        return super().compute_loss(model, inputs, return_outputs, **options)


model = BertForSequenceClassification(
    BertConfig(
        vocab_size=60,
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=8,
        num_labels=4,
    )
)
arguments = TrainingArguments(
    output_dir=tempfile.mkdtemp(),
    num_train_epochs=3,
    per_device_train_batch_size=16,
    learning_rate=0.001,
    label_smoothing_factor=0.1,
    report_to="none",
    use_cpu=True,
    save_strategy="no",
    disable_tqdm=True,
)
trainer = CountingTrainer(model=model, args=arguments, train_dataset=rows)
trainer.train()
