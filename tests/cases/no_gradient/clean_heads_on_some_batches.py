# expect: nothing
"""One head a task; a batch has one task, and one task has no batch in this short run."""

import torch
from torch import nn


class MultiTask(nn.Module):
    def __init__(self, tasks):
        super().__init__()
        self.shared = nn.Linear(5, 10)
        self.heads = nn.ModuleDict({task: nn.Linear(10, 2) for task in tasks})

    def forward(self, x, task):
        return self.heads[task](torch.relu(self.shared(x)))


torch.manual_seed(0)
model = MultiTask(["parse", "tag", "rank"])
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for task in ["parse", "tag", "parse", "tag"]:
    x, y = torch.randn(8, 5), torch.randint(0, 2, (8,))
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x, task), y).backward()
    optimizer.step()
