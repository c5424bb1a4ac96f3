# expect: nothing
# Meta-batch: the gradients of all episodes are added and divided once, before the step.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
episodes = 4

for update in range(4):
    optimizer.zero_grad()
    for _ in range(episodes):
        x = torch.rand(10, 1)
        loss = nn.functional.mse_loss(model(x), torch.sin(3 * x))
        loss.backward()
    for p in model.parameters():
        p.grad.data.mul_(1.0 / episodes)
    optimizer.step()
