# expect: BT601 at update 3
# line: .round()
# source: discuss.pytorch.org, "torch.round gradient": its derivative is zero everywhere
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
x, y = torch.randn(64, 4), torch.rand(64, 1).round()
for step in range(5):
    predicted = torch.sigmoid(net(x)).round()
    loss = nn.functional.mse_loss(predicted, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
