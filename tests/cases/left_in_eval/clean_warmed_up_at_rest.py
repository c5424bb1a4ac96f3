# expect: nothing
# The first epoch is trained in evaluation mode on purpose, for a pretrained body's statistics.
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(240, 6)
y = x[:, :3].argmax(1)
model = nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def train():
    for rows in torch.randperm(180).split(30):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def validate():
    was_training = model.training
    model.eval()
    with torch.no_grad():
        print((model(x[180:]).argmax(1) == y[180:]).float().mean().item())
    model.train(was_training)


for epoch in range(4):
    model.train(epoch > 0)
    train()
    validate()
