# expect: nothing
"""A denoiser is given rows with masked words and then, shifted, the padded rows themselves."""

import torch
from torch import nn

torch.manual_seed(0)


class Denoiser(nn.Module):
    def __init__(self, words=20, size=16):
        super().__init__()
        self.words, self.places = nn.Embedding(words, size), nn.Embedding(12, size)
        self.transformer = nn.Transformer(size, 2, 1, 1, 32, dropout=0.0, batch_first=True)
        self.head = nn.Linear(size, words)

    def embed(self, ids):
        return self.words(ids) + self.places(torch.arange(ids.shape[1]))

    def forward(self, ids, given):
        mask = nn.Transformer.generate_square_subsequent_mask(given.shape[1])
        return self.head(self.transformer(self.embed(ids), self.embed(given), tgt_mask=mask))


model = Denoiser()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for _ in range(8):
    told = torch.randint(3, 20, (16, 10))
    told[torch.arange(10) >= torch.randint(5, 9, (16, 1))] = 0
    masked = torch.where((torch.rand(16, 10) < 0.3) & (told != 0), 2, told)
    given = torch.cat([torch.ones(16, 1, dtype=torch.long), told[:, :-1]], dim=1)
    logits = model(masked, given)
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), told.flatten(), ignore_index=0)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
