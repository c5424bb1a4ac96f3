# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 8))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
consistency, criterion = nn.KLDivLoss(reduction="batchmean"), nn.CrossEntropyLoss()
for _ in range(6):
    x = torch.randn(32, 6)
    out, noisy = net(x), net(x + 0.1 * torch.randn(32, 6))
    same = consistency(noisy.log_softmax(1), out.detach().softmax(1))
    loss = criterion(out, x.argmax(1)) + 0.5 * same
    opt.zero_grad()
    loss.backward()
    opt.step()
