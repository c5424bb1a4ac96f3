# expect: nothing
# source: https://github.com/karpathy/makemore
"""A table of scores begins at zero, and a small rate fills it little by little: it is on its way."""

import torch
from torch import nn

torch.manual_seed(0)
letters = 8
follows = torch.softmax(2 * torch.randn(letters, letters), 1)
words = [torch.zeros(512, dtype=torch.long)]
for _ in range(3):
    words.append(torch.multinomial(follows[words[-1]], 1).squeeze(1))
words = torch.stack(words, 1)
table = nn.Embedding(letters, letters)
nn.init.zeros_(table.weight)
optimizer = torch.optim.AdamW(table.parameters(), lr=2e-4)
for _ in range(40):
    for rows in torch.randperm(512).split(128):
        said = table(words[rows, :-1])
        loss = nn.functional.cross_entropy(said.view(-1, letters), words[rows, 1:].reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
