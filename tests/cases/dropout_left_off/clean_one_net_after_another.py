# expect: nothing
# Nets with less and less dropout, each evaluated when it is trained; the function is told of both.
import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self, share):
        super().__init__()
        self.body, self.head, self.share = nn.Linear(6, 32), nn.Linear(32, 1), share

    def forward(self, x):
        hidden = F.dropout(self.body(x).relu(), self.share if self.training else 0.0)
        return self.head(hidden)


for share in (0.5, 0.2, 0.0):
    torch.manual_seed(3)
    net = Net(share)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    for _ in range(7):
        x = torch.randn(32, 6)
        loss = F.mse_loss(net(x), x[:, :1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        x = torch.randn(64, 6)
        F.mse_loss(net(x), x[:, :1])
