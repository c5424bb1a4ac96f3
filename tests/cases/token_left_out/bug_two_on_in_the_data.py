# expect: BT425 at update 1
# source: "Language Modeling with nn.Transformer and torchtext", PyTorch tutorials, whose targets are one place on
# Blocks of a text with the sequence first, whose targets begin two places on.
import torch
from torch import nn

torch.manual_seed(1)
text = torch.randint(0, 30, (200, 8))
embedding, mix, head = nn.Embedding(30, 16), nn.LSTM(16, 32), nn.Linear(32, 30)
parameters = [p for part in (embedding, mix, head) for p in part.parameters()]
optimizer = torch.optim.Adam(parameters, lr=3e-3)
for begin in range(0, 96, 16):
    block = text[begin : begin + 16]
    wanted = text[begin + 2 :][:16]
    logits = head(mix(embedding(block))[0])
    loss = nn.functional.cross_entropy(logits.reshape(-1, 30), wanted.reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
