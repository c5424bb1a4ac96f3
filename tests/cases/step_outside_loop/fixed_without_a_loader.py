# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
inputs, labels = torch.randn(64, 6), torch.randint(0, 3, (64,))
model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(4):
    for at in (0, 32):
        loss = nn.functional.cross_entropy(model(inputs[at : at + 32]), labels[at : at + 32])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
