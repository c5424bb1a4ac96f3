# expect: nothing
# source: CS231n, Stanford University, "Neural Networks Part 3: Learning and Evaluation" (ratio of weights to updates)
import torch
from torch import nn

torch.manual_seed(0)

model = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 5))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(5):
    x = torch.randn(64, 32)
    target = x[:, :5].argmax(1)
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), target)
    loss.backward()
    optimizer.step()
