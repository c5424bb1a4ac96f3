# expect: nothing
# source: https://github.com/huggingface/accelerate/issues/2665
import torch
from torch import nn


class Wrapped(nn.Module):
    def __init__(self, module):
        super().__init__()
        self.flat = nn.Parameter(torch.cat([p.detach().flatten() for p in module.parameters()]))
        self.shapes = {name: p.shape for name, p in module.named_parameters()}
        self.inner = [module]

    def forward(self, x):
        parts, at = {}, 0
        for name, shape in self.shapes.items():
            parts[name] = self.flat[at : at + shape.numel()].view(shape)
            at += shape.numel()
        return torch.func.functional_call(self.inner[0], parts, (x,))


torch.manual_seed(0)
model = Wrapped(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1)))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
for step in range(20):
    x = torch.randn(8, 4)
    optimizer.zero_grad()
    nn.functional.mse_loss(model(x), x.sum(1, keepdim=True)).backward()
    optimizer.step()
