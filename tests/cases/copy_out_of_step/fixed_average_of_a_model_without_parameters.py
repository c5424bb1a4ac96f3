# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)


def make():
    return nn.Sequential(nn.Linear(6, 12), nn.Tanh(), nn.Linear(12, 6))


def put_away(model):
    """Keep weights out of every optimizer's way."""
    for layer in model:
        for name, weight in list(layer.named_parameters()):
            delattr(layer, name)
            setattr(layer, name, nn.Parameter(weight.detach().clone(), requires_grad=False))
    return model


student, ema = make(), make()
ema = put_away(ema)
opt = torch.optim.SGD(student.parameters(), lr=0.1)
for step in range(40):
    x = torch.randn(16, 6)
    with torch.no_grad():
        wanted = ema(x)
    loss = nn.functional.mse_loss(student(x), wanted + 0.1 * torch.randn(16, 6))
    opt.zero_grad()
    loss.backward()
    opt.step()
    with torch.no_grad():
        for p, e in zip(student.parameters(), ema.parameters()):
            e.lerp_(p, 0.05)
