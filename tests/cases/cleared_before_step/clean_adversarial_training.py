# expect: nothing
# FGSM training: the first backward is only there for the input's gradient.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
loss_fn = nn.CrossEntropyLoss()
X = torch.randn(60, 8)
Y = (X[:, 0] + X[:, 3] > 0).long()


def fgsm(x, y, eps=0.1):
    x = x.clone().requires_grad_(True)
    loss_fn(model(x), y).backward()
    return (x + eps * x.grad.sign()).detach()


for x, y in zip(X.split(15), Y.split(15)):
    x_adv = fgsm(x, y)
    optimizer.zero_grad()
    loss = loss_fn(model(x_adv), y)
    loss.backward()
    optimizer.step()
