# expect: nothing
# source: D. P. Kingma and M. Welling, "Auto-Encoding Variational Bayes", 2013, equation 10
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
opt = torch.optim.SGD(net.parameters(), lr=1e-3)
loss_fn = nn.CrossEntropyLoss()
for _ in range(8):
    x = torch.randn(24, 6)
    logits = net(x)
    consistency = (net(x + 0.1 * torch.randn_like(x)) - logits.detach()).square().mean()
    loss = loss_fn(logits, x[:, :3].argmax(1)) + consistency
    opt.zero_grad()
    loss.backward()
    opt.step()
