# expect: BT415 at update 1
# line: targets = notes.clone()
# needs: transformers
# source: https://github.com/wangshy31/OneRec-Think/issues/8
import torch
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader
from transformers import GPT2Config, GPT2LMHeadModel

torch.manual_seed(0)
NOTHING = 0
melodies = [torch.arange(n) * 5 % 23 + 1 for n in torch.randint(4, 14, (160,)).tolist()]


def gather(rows):
    notes = pad_sequence(rows, batch_first=True, padding_value=NOTHING)
    targets = notes.clone()
    return {"notes": notes, "heard": (notes != NOTHING).long(), "labels": targets}


model = GPT2LMHeadModel(
    GPT2Config(
        vocab_size=24,
        n_positions=16,
        n_embd=32,
        n_layer=1,
        n_head=2,
        bos_token_id=23,
        eos_token_id=23,
    )
)
optimizer = torch.optim.AdamW(model.parameters(), lr=0.002)
for epoch in range(2):
    for batch in DataLoader(melodies, batch_size=16, shuffle=True, collate_fn=gather):
        told = model(batch["notes"], attention_mask=batch["heard"], labels=batch["labels"])
        optimizer.zero_grad()
        told.loss.backward()
        optimizer.step()
