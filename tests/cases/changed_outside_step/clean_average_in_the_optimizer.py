# expect: nothing
# An optimizer that is given a learner as a whole holds its target as well, which no gradient
# reaches: an average that follows what is trained, and grows where that does.
import copy

import torch
from torch import nn

torch.manual_seed(0)


class Learner(nn.Module):
    def __init__(self):
        super().__init__()
        self.online = nn.Sequential(
            nn.Linear(20, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 8)
        )
        self.target = copy.deepcopy(self.online)
        self.predictor = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 8))

    def forward(self, one, other):
        guess = nn.functional.normalize(self.predictor(self.online(one)), dim=1)
        with torch.no_grad():
            wanted = nn.functional.normalize(self.target(other), dim=1)
        return (2 - 2 * (guess * wanted).sum(1)).mean()

    @torch.no_grad()
    def follow(self, rate=0.9):
        for mine, theirs in zip(self.target.parameters(), self.online.parameters(), strict=True):
            mine.data = mine.data * rate + theirs.data * (1 - rate)


learner = Learner()
optimizer = torch.optim.Adam(learner.parameters(), lr=0.003)
for _ in range(12):
    rows = torch.randn(64, 20)
    loss = learner(rows + 0.1 * torch.randn(64, 20), rows + 0.1 * torch.randn(64, 20))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    learner.follow()
