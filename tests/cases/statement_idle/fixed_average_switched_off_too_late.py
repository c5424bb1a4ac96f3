# expect: nothing
# source: https://github.com/facebookresearch/InferSent/pull/107
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loss_fn = nn.CrossEntropyLoss(reduction="sum")
inputs = torch.randn(64, 6)
targets = inputs[:, :3].argmax(1)
for _ in range(3):
    for rows in torch.randperm(64).split(16):
        loss = loss_fn(model(inputs[rows]), targets[rows])
        optimizer.zero_grad()
        loss.backward()
        for parameter in model.parameters():
            parameter.grad.div_(len(rows))
        optimizer.step()
