# expect: nothing
# needs: transformers
# Padding is what the decoder begins with, and some labels begin with it as a word of their own.
import torch
from transformers import T5Config, T5ForConditionalGeneration

torch.manual_seed(0)
config = T5Config(
    vocab_size=32,
    d_model=32,
    d_kv=16,
    d_ff=64,
    num_layers=1,
    num_heads=2,
    dropout_rate=0.0,
    pad_token_id=0,
    eos_token_id=1,
    decoder_start_token_id=0,
)
model = T5ForConditionalGeneration(config)
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
for _ in range(12):
    ids = torch.randint(2, 32, (16, 6))
    labels = torch.cat([ids.flip(1), torch.ones(16, 1, dtype=torch.long)], 1)
    labels[::3, 0] = 0
    loss = model(input_ids=ids, labels=labels).loss
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
