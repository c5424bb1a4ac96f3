# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(5, 5), nn.ReLU())
with torch.no_grad():
    model[0].bias.fill_(0.5)
opt = torch.optim.SGD(model.parameters(), lr=0.05)
for _ in range(4):
    x = torch.rand(20, 5)
    loss = nn.functional.mse_loss(model(x), x)
    opt.zero_grad()
    loss.backward()
    opt.step()
