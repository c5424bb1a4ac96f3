# expect: BT468 at update 10
# source: github.com, issues on cosine classifiers: "loss does not go below log(classes)"
import torch
import torch.nn.functional as F
from torch import nn


class Cosine(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 8))
        self.centres = nn.Parameter(torch.randn(5, 8))

    def forward(self, x):
        return self.body(x), self.centres


torch.manual_seed(0)
net = Cosine()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(14):
    x = torch.randn(32, 8)
    code, centres = net(x)
    logits = torch.mm(F.normalize(code, dim=-1), F.normalize(centres, dim=-1).t()) / 30.0
    loss = F.cross_entropy(logits, x[:, :5].argmax(1))
    opt.zero_grad()
    loss.backward()
    opt.step()
