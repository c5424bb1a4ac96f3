# expect: BT219 at update 1
# source: discuss.pytorch.org, "nn.Sequential with a list of layers times n": all hidden layers are one
import torch
from torch import nn

torch.manual_seed(0)
hidden = [nn.Linear(12, 12)] * 3
model = nn.Sequential(nn.Linear(6, 12), *hidden, nn.Tanh(), nn.Linear(12, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(5):
    x = torch.randn(16, 6)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x[:, :1] * x[:, 1:2]).backward()
    optimizer.step()
