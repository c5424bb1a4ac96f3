# expect: nothing
import torch
from torch import nn


class Pooled(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.score = nn.Embedding(20, 8, padding_idx=0), nn.Linear(8, 1)
        self.out = nn.Linear(8, 2)

    def forward(self, words):
        x = self.embed(words)
        mask = words != 0
        scores = self.score(x).squeeze(-1).masked_fill(~mask, -1e9)
        weights = torch.softmax(scores, dim=1)
        return self.out((weights.unsqueeze(-1) * x).sum(1))


torch.manual_seed(0)
model = Pooled()
opt = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(6):
    words = torch.randint(1, 20, (16, 9))
    lengths = torch.randint(2, 9, (16, 1))
    words = words * (torch.arange(9) < lengths)
    opt.zero_grad()
    nn.functional.cross_entropy(model(words), (words[:, 0] > 9).long()).backward()
    opt.step()
