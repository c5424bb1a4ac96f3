# expect: nothing
# What is looked up for a batch has a name of its own, or is asked for once in a loss made anew.
import torch
import torch.nn.functional as F
from torch import nn


class Weighted(nn.Module):
    def __init__(self, alpha, margin):
        super().__init__()
        self.alpha, self.margin = torch.tensor(alpha), margin

    def forward(self, logits, labels):
        if self.alpha.dtype != logits.dtype:
            self.alpha = self.alpha.type_as(logits)
        self.of_rows = self.alpha[labels]
        margin = self.margin * F.one_hot(labels, logits.shape[1])
        return (self.of_rows * F.cross_entropy(logits - margin, labels, reduction="none")).mean()


class Once(nn.Module):
    def __init__(self, alpha):
        super().__init__()
        self.alpha = alpha

    def forward(self, logits, labels):
        self.alpha = self.alpha[labels]
        return (self.alpha * F.cross_entropy(logits, labels, reduction="none")).mean()


class Scheduled(nn.Module):
    def __init__(self, weight):
        super().__init__()
        self.weight = weight

    def set_weight(self, weight):
        self.weight = weight

    def forward(self, logits, labels):
        self.weight = self.weight[labels]
        return (self.weight * F.cross_entropy(logits, labels, reduction="none")).mean()


torch.manual_seed(0)
model = nn.Linear(6, 3)
weighted, scheduled = Weighted([0.2, 0.5, 0.3], 0.1), Scheduled(torch.ones(3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(20):
    labels = torch.randint(3, (16,))
    logits = model(torch.randn(16, 6) + labels[:, None])
    scheduled.set_weight(torch.tensor([0.2, 0.5, 0.3]))
    loss = weighted(logits, labels) + scheduled(logits, labels)
    loss = loss + Once(torch.tensor([0.2, 0.5, 0.3]))(logits, labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
