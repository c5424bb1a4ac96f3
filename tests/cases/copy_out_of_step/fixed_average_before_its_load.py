# expect: nothing
import io

import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(256, 8)
y = x[:, :3].argmax(1)


def make():
    return nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))


class Average:
    def __init__(self, model, decay):
        self.decay = decay
        self.shadow = {name: p.detach().clone() for name, p in model.named_parameters()}

    @torch.no_grad()
    def update(self, model):
        for name, p in model.named_parameters():
            self.shadow[name].mul_(self.decay).add_(p, alpha=1 - self.decay)


checkpoint = io.BytesIO()
torch.save({"model": make().state_dict()}, checkpoint)
checkpoint.seek(0)

model = make()
model.load_state_dict(torch.load(checkpoint)["model"])
ema = Average(model, 0.99)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for i in range(0, 256, 32):
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x[i : i + 32]), y[i : i + 32]).backward()
    optimizer.step()
    ema.update(model)
print((model(x).argmax(1) == y).float().mean().item())
