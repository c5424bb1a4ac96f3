# expect: nothing
"""The output layer is tied to the embedding after the optimizer was made; all is still trained."""

import torch
from torch import nn


class LM(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(11, 6)
        self.mix = nn.Linear(6, 6)
        self.out = nn.Linear(6, 11, bias=False)

    def forward(self, ids):
        return self.out(torch.tanh(self.mix(self.embed(ids))))


torch.manual_seed(0)
lm = LM()
optimizer = torch.optim.SGD(lm.parameters(), lr=0.5)
lm.out.weight = lm.embed.weight
for _ in range(4):
    ids = torch.randint(11, (5, 9))
    loss = nn.functional.cross_entropy(lm(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
