# expect: BT206 at update 5
# source: Stack Overflow, "Loss starts from the same value every epoch", load_state_dict in the loop
import copy

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 2))
pretrained = copy.deepcopy(model.state_dict())
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
X = torch.randn(32, 6)
y = (X[:, 0] > 0).long()

for epoch in range(4):
    model.load_state_dict(pretrained)
    for i in range(0, 32, 16):
        optimizer.zero_grad()
        loss = criterion(model(X[i : i + 16]), y[i : i + 16])
        loss.backward()
        optimizer.step()
