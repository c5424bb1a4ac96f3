# expect: nothing
# source: "Incomplete randomization", github.com/DrexelChatbotGroup/DrexelChatbot, issue 15
import random

import torch
from torch import nn

random.seed(0)
torch.manual_seed(0)
train_x = [torch.randn(6) for _ in range(96)]
train_y = [int(row[:3].argmax()) for row in train_x]
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    together = list(zip(train_x, train_y))
    random.shuffle(together)
    train_x, train_y = [row for row, _ in together], [label for _, label in together]
    for start in range(0, 96, 24):
        rows = torch.stack(train_x[start : start + 24])
        wanted = torch.tensor(train_y[start : start + 24])
        loss = nn.functional.cross_entropy(model(rows), wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
