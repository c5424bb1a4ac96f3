# expect: BT573
# line: "attention_mask": input_ids.ne(
# source: github.com/OpenGVLab/InternVL, issue 967: the collator's pad_id is not the tokenizer's
# needs: transformers
import tempfile

import torch
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments

PAD = 2


def rows(count):
    found = []
    for _ in range(count):
        words = torch.randint(10, 50, (int(torch.randint(5, 15, (1,))),))
        ids = torch.full((16,), PAD)
        ids[: len(words)] = words
        found.append({"input_ids": ids, "label": int((words > 30).sum() > 3)})
    return found


def collate(features, pad_id=0):
    input_ids = torch.stack([each["input_ids"] for each in features])
    return {
        "input_ids": input_ids,
        "attention_mask": input_ids.ne(pad_id).long(),
        "labels": torch.tensor([each["label"] for each in features]),
    }


torch.manual_seed(0)
config = BertConfig(
    vocab_size=50,
    hidden_size=16,
    num_hidden_layers=1,
    num_attention_heads=2,
    intermediate_size=32,
    max_position_embeddings=16,
    pad_token_id=PAD,
    hidden_dropout_prob=0.0,
    attention_probs_dropout_prob=0.0,
)
with tempfile.TemporaryDirectory() as folder:
    arguments = TrainingArguments(
        output_dir=folder,
        per_device_train_batch_size=16,
        max_steps=8,
        save_strategy="no",
        report_to=[],
        use_cpu=True,
        disable_tqdm=True,
    )
    model = BertForSequenceClassification(config)
    Trainer(model=model, args=arguments, train_dataset=rows(128), data_collator=collate).train()
