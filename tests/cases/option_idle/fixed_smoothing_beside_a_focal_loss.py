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
SHARE = 0.2


def focal(outputs, labels, num_items_in_batch=None):
    log_likely = outputs.logits.log_softmax(1)
    truth = nn.functional.one_hot(labels, 4) * (1 - SHARE) + SHARE / 4
    each = -(truth * (1 - log_likely.exp()) ** 2 * log_likely).sum(1)
    return each.mean()


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
trainer = Trainer(model, arguments, train_dataset=rows, compute_loss_func=focal)
trainer.train()
