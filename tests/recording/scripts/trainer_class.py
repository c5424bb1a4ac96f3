"""A trainer class of the user's own, with a validation pass and a scheduler."""

import hashlib

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Linear(4, 16)
        self.norm = nn.BatchNorm1d(16)
        self.head = nn.Linear(16, 3)

    def forward(self, x):
        return self.head(torch.relu(self.norm(self.body(x))))


class Trainer:
    def __init__(self, model, lr):
        self.model = model
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
        self.scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, T_max=6)
        self.criterion = nn.CrossEntropyLoss()

    def train_batch(self, x, y):
        self.optimizer.zero_grad()
        loss = self.criterion(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def fit(self, data, epochs):
        for epoch in range(epochs):
            self.model.train()
            losses = [self.train_batch(x, y) for x, y in data]
            self.scheduler.step()
            self.model.eval()
            with torch.no_grad():
                right = sum((self.model(x).argmax(1) == y).sum().item() for x, y in data)
            print(epoch, sum(losses), right, self.scheduler.get_last_lr())


torch.manual_seed(1)
data = [(torch.randn(8, 4), torch.randint(0, 3, (8,))) for _ in range(2)]
model = Net()
Trainer(model, 0.01).fit(data, 3)

state = b"".join(p.detach().numpy().tobytes() for p in model.parameters())
print(hashlib.sha256(state).hexdigest())
