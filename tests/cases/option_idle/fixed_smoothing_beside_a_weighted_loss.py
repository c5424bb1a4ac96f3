# expect: nothing
# needs: transformers
# source: https://github.com/huggingface/transformers/issues/13255
import tempfile

import torch
from torch import nn
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments

torch.manual_seed(0)
tokens = torch.randint(3, 60, (192, 8))
topics = tokens[:, 0] % 4
rows = [{"input_ids": a, "labels": b} for a, b in zip(tokens, topics, strict=True)]
rare = torch.tensor([1.0, 1.0, 2.0, 4.0])


class WeightedTrainer(Trainer):
    def compute_loss(self, model, inputs, return_outputs=False, **options):
        labels = inputs.pop("labels")
        outputs = model(**inputs)
        loss = nn.functional.cross_entropy(outputs.logits, labels, weight=rare, label_smoothing=0.1)
        return (loss, outputs) if return_outputs else loss


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
    report_to="none",
    use_cpu=True,
    save_strategy="no",
    disable_tqdm=True,
)
trainer = WeightedTrainer(model=model, args=arguments, train_dataset=rows)
trainer.train()
