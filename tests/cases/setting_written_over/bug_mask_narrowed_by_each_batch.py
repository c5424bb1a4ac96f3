# expect: BT548 at update 1
# source: https://github.com/yatengLG/Focal-Loss-Pytorch/issues/9
import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self, width, length):
        super().__init__()
        self.to_qkv = nn.Linear(width, 3 * width)
        self.register_buffer("mask", torch.tril(torch.ones(length, length)).bool())

    def forward(self, x, present):
        q, k, v = self.to_qkv(x).chunk(3, dim=-1)
        scores = q @ k.transpose(1, 2) / q.shape[-1] ** 0.5
        self.mask = self.mask & present.unsqueeze(1)
        return scores.masked_fill(~self.mask, -1e9).softmax(-1) @ v


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(12, 16)
        self.attention = Attention(16, 6)
        self.out = nn.Linear(16, 12)

    def forward(self, tokens, present):
        return self.out(self.attention(self.words(tokens), present))


torch.manual_seed(0)
reader = Reader()
optimizer = torch.optim.Adam(reader.parameters(), lr=5e-3)
for step in range(20):
    tokens = (torch.arange(7) + torch.randint(12, (16, 1))) % 12
    present = torch.arange(6) < torch.randint(3, 7, (16, 1))
    logits = reader(tokens[:, :-1], present)
    optimizer.zero_grad()
    nn.functional.cross_entropy(logits[present], tokens[:, 1:][present]).backward()
    optimizer.step()
