# expect: nothing
# needs: transformers
# source: github.com/huggingface/transformers, issue 26357: manual -100 are overwritten
import tempfile

import torch
from tokenizers import Tokenizer, models
from transformers import (
    DataCollatorForSeq2Seq,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedTokenizerFast,
    Trainer,
    TrainingArguments,
)

words = {word: number for number, word in enumerate(["<pad>", "<unk>", *map(str, range(30))])}
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="<unk>")),
    pad_token="<pad>",
    unk_token="<unk>",
)


def make_row(prompt):
    answer = sorted(prompt[:3])
    labels = [-100] * len(prompt) + answer
    ids = prompt + answer
    return {"input_ids": ids, "attention_mask": [1] * len(ids), "labels": labels}


def train(rows):
    config = GPT2Config(vocab_size=len(words), n_positions=16, n_embd=16, n_layer=1, n_head=2)
    with tempfile.TemporaryDirectory() as folder:
        options = TrainingArguments(
            output_dir=folder,
            per_device_train_batch_size=16,
            num_train_epochs=2,
            learning_rate=1e-3,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
            use_cpu=True,
        )
        trainer = Trainer(
            GPT2LMHeadModel(config),
            options,
            train_dataset=rows,
            data_collator=DataCollatorForSeq2Seq(tokenizer),
        )
        trainer.train()


torch.manual_seed(0)
numbers = torch.randint(2, 32, (96, 9)).tolist()
train([make_row(each) for each in numbers])
