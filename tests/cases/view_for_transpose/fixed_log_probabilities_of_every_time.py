# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(48, 6, 20)
y = (x[:, 0] > 0).long()
net = nn.Sequential(nn.Conv1d(6, 12, 3, padding=1), nn.ReLU(), nn.Conv1d(12, 3, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for _ in range(6):
    log_probabilities = torch.log_softmax(net(x), 1).transpose(1, 2).reshape(-1, 3)
    loss = nn.functional.nll_loss(log_probabilities, y.reshape(-1))
    opt.zero_grad()
    loss.backward()
    opt.step()
