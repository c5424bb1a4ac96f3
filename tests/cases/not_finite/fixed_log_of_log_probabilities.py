# expect: nothing
# source: "LogSoftmax + NLLLoss not working", github.com/skorch-dev/skorch, issue 519
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(60, 6)
y = x[:, :3].argmax(1)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3), nn.Softmax(dim=-1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def score(rows):
    optimizer.zero_grad()
    loss = nn.functional.nll_loss(torch.log(model(x[rows]) + 1e-8), y[rows])
    loss.backward()
    return loss


for epoch in range(3):
    for rows in torch.randperm(60).split(20):
        optimizer.step(lambda rows=rows: score(rows))
