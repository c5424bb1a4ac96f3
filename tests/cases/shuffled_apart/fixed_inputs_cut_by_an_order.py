# expect: nothing
# source: discuss.pytorch.org, "Shuffling two tensors in the same order"
# The rows for training are drawn once, for inputs and targets.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(128, 6)
y = x[:, :3].argmax(1)
order = torch.randperm(128)
train_x, train_y = x[order[:96]], y[order[:96]]
model = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    for first in range(0, 96, 32):
        optimizer.zero_grad()
        scores = model(train_x[first : first + 32])
        nn.functional.cross_entropy(scores, train_y[first : first + 32]).backward()
        optimizer.step()
