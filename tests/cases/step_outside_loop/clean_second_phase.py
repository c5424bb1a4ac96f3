# expect: nothing
# The head is trained alone, then everything by an optimizer that is made for the second phase.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
criterion = nn.CrossEntropyLoss()


def train(optimizer, batches):
    for x in batches:
        optimizer.zero_grad()
        loss = criterion(model(x), (x[:, 0] > 0).long())
        loss.backward()
        optimizer.step()


model[0].requires_grad_(False)
train(torch.optim.SGD(model[2].parameters(), lr=0.1), torch.randn(3, 8, 4))
model[0].requires_grad_(True)
train(torch.optim.SGD(model.parameters(), lr=0.01), torch.randn(3, 8, 4))
