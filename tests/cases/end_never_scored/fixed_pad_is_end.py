# expect: nothing
import random

import torch
from transformers import GPT2Config, GPT2LMHeadModel

random.seed(0)
torch.manual_seed(0)
END = PAD = 0


def collate(texts):
    width = max(len(text) for text in texts)
    ids = torch.tensor([text + [PAD] * (width - len(text)) for text in texts])
    mask = torch.tensor([[1] * len(text) + [0] * (width - len(text)) for text in texts])
    labels = ids.masked_fill(mask == 0, -100)
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


config = GPT2Config(
    vocab_size=12, n_positions=16, n_embd=8, n_layer=1, n_head=2, eos_token_id=END, pad_token_id=PAD
)
model = GPT2LMHeadModel(config)
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
for step in range(5):
    texts = [[random.randint(1, 11) for _ in range(random.randint(3, 9))] for _ in range(8)]
    batch = collate([[*text, END] for text in texts])
    loss = model(**batch).loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
