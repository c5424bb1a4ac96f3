# expect: nothing
# Words come one at a time: each has the place after those that are kept.
import torch
from torch import nn


class Writer(nn.Module):
    def __init__(self, words=20, size=16, max_len=30):
        super().__init__()
        self.embed = nn.Embedding(words, size)
        self.pe = nn.Parameter(0.02 * torch.randn(1, max_len, size))
        self.query, self.keys = nn.Linear(size, size), nn.Linear(size, size)
        self.head = nn.Linear(size, words)

    def step(self, word, kept):
        length = kept.size(1)
        x = self.embed(word)
        x = x + self.pe[:, length]
        kept = torch.cat([kept, self.keys(x).unsqueeze(1)], dim=1)
        weights = (kept @ self.query(x).unsqueeze(2) / 4).softmax(dim=1)
        return self.head((weights * kept).sum(dim=1)), kept


torch.manual_seed(3)
model = Writer()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for _ in range(6):
    words = (torch.randint(20, (8, 1)) + torch.arange(6)) % 20
    kept, loss = torch.zeros(8, 0, 16), 0
    for t in range(5):
        scores, kept = model.step(words[:, t], kept)
        loss = loss + nn.functional.cross_entropy(scores, words[:, t + 1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
