# expect: BT407
# source: discuss.pytorch.org, "auxiliary loss has no effect" (the prediction was detached)
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
body = nn.Sequential(nn.Linear(6, 16), nn.ReLU()).requires_grad_(False)
head = nn.Linear(16, 3)
opt = torch.optim.SGD(head.parameters(), lr=0.05)
for _ in range(8):
    x = torch.randn(32, 6)
    out = head(body(x))
    soft = out.detach().softmax(1)
    loss = F.cross_entropy(out, x[:, :3].argmax(1)) + 0.5 * F.mse_loss(soft, x[:, :3].softmax(1))
    opt.zero_grad()
    loss.backward()
    opt.step()
