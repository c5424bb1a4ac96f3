# expect: BT593 at update 1
# needs: transformers
# source: github.com/PhoebusSi/Alpaca-CoT, issue 143: the labels of the data set are not read
import tempfile

import torch
from tokenizers import Tokenizer, models
from transformers import (
    DataCollatorForLanguageModeling,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedTokenizerFast,
    Trainer,
    TrainingArguments,
)

IGNORE = -100
words = {word: number for number, word in enumerate(["<pad>", "<unk>", *map(str, range(30))])}
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=Tokenizer(models.WordLevel(words, unk_token="<unk>")),
    pad_token="<pad>",
    unk_token="<unk>",
)


class Rows(torch.utils.data.Dataset):
    def __init__(self, prompts):
        self.prompts = prompts

    def __len__(self):
        return len(self.prompts)

    def __getitem__(self, at):
        prompt = self.prompts[at]
        ids = torch.tensor(prompt + sorted(prompt[:3]))
        row = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "labels": ids.clone()}
        row["labels"][: len(prompt)] = IGNORE
        return row


def train(rows):
    collator = DataCollatorForLanguageModeling(tokenizer=tokenizer, mlm=False)
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
            GPT2LMHeadModel(config), options, train_dataset=rows, data_collator=collator
        )
        trainer.train()


torch.manual_seed(0)
numbers = torch.randint(2, 32, (96, 9)).tolist()
train(Rows(numbers))
