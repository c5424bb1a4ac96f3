# expect: nothing
# needs: transformers
"""A small T5 writes rows of digits backwards, and makes its decoder's inputs of the labels."""

import torch
from transformers import T5Config, T5ForConditionalGeneration

torch.manual_seed(0)


def encode(lengths, words=12, places=9):
    rows = torch.randint(2, words, (len(lengths), places))
    ends = lengths.unsqueeze(1)
    at = torch.arange(places)
    flipped = rows.gather(1, (ends - 1 - at).clamp(min=0))
    asked, told = (torch.where(at < ends, each, 0) for each in (rows, flipped))
    return asked.masked_fill(at == ends, 1), told.masked_fill(at == ends, 1)


config = T5Config(
    vocab_size=12,
    d_model=16,
    d_kv=8,
    num_heads=2,
    d_ff=32,
    num_layers=1,
    dropout_rate=0.0,
    relative_attention_num_buckets=8,
    relative_attention_max_distance=8,
    decoder_start_token_id=0,
)
model = T5ForConditionalGeneration(config)
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for _ in range(6):
    asked, told = encode(torch.randint(3, 8, (24,)))
    batch = {"input_ids": asked, "attention_mask": asked != 0, "labels": told.clone()}
    batch["labels"][told == 0] = -100
    loss = model(**batch).loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
