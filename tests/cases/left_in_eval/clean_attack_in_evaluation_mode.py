# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(8, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 3))
opt = torch.optim.SGD(model.parameters(), 0.1)


def pgd(x, y, eps=0.1, alpha=0.03, k=3):
    model.eval()
    delta = torch.zeros_like(x).uniform_(-eps, eps).requires_grad_()
    for _ in range(k):
        loss = F.cross_entropy(model(x + delta), y)
        loss.backward()
        delta.data = (delta + alpha * delta.grad.detach().sign()).clamp(-eps, eps)
        delta.grad.zero_()
    model.train()
    return (x + delta).detach()


for i in range(4):
    x, y = torch.randn(12, 8), torch.randint(0, 3, (12,))
    x_adv = pgd(x, y)
    opt.zero_grad()
    loss = F.cross_entropy(model(x_adv), y)
    loss.backward()
    opt.step()
