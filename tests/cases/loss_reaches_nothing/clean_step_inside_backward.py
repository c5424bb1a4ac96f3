# expect: nothing
# As in the tutorial "How to save memory by fusing the optimizer step into the backward pass":
# one optimizer a parameter, stepped by a hook as soon as its gradient is there.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
optimizers = {p: torch.optim.Adam([p], lr=1e-3) for p in model.parameters()}


def optimizer_hook(parameter):
    optimizers[parameter].step()
    optimizers[parameter].zero_grad()


for p in model.parameters():
    p.register_post_accumulate_grad_hook(optimizer_hook)

for x in torch.randn(4, 8, 4):
    loss = nn.functional.cross_entropy(model(x), (x[:, 0] > 0).long())
    loss.backward()
