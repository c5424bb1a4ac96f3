# expect: nothing
# One head is listed for each of several tasks and levels, and one layer of dropout many times.
import torch
from torch import nn

torch.manual_seed(0)


class Detector(nn.Module):
    """One head for all levels, each of which refines the place before it; samples of dropout."""

    def __init__(self):
        super().__init__()
        self.levels = nn.ModuleList([nn.Linear(8, 8) for _ in range(3)])
        self.places = nn.ModuleList([nn.Linear(8, 2)] * 3)
        self.drops = nn.ModuleList([nn.Dropout(0.2)] * 4)
        self.kind = nn.Linear(8, 3)

    def forward(self, x):
        place = x[:, :2]
        for level, head in zip(self.levels, self.places, strict=True):
            x = torch.relu(level(x)) + x
            place = place + 0.1 * head(x)
        return place, sum(self.kind(drop(x)) for drop in self.drops) / 4


class Tasks(nn.Module):
    """Two tasks take turns with an encoder that is listed under each of them."""

    def __init__(self):
        super().__init__()
        self.encoders = nn.ModuleList([nn.Linear(8, 6)] * 2)
        self.heads = nn.ModuleList(nn.Linear(6, 1) for _ in range(2))

    def forward(self, x, task):
        return self.heads[task](torch.tanh(self.encoders[task](x)))


x = torch.randn(32, 8)
detector, tasks = Detector(), Tasks()
optimizer = torch.optim.Adam([*detector.parameters(), *tasks.parameters()], lr=1e-2)
for _ in range(6):
    place, kind = detector(x)
    loss = nn.functional.mse_loss(place, x[:, 2:4])
    loss = loss + nn.functional.cross_entropy(kind, x[:, :3].argmax(1))
    for task in range(2):
        loss = loss + nn.functional.mse_loss(tasks(x, task), x[:, task : task + 1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
