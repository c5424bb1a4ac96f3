# expect: BT106 warning at update 2
# source: discuss.pytorch.org, "Gradient normalisation gives NaN": division by a norm of zero
# also: BT501
# limit: 4
# Gradients are normalised layer by layer; a dead layer's norm is zero.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 1))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
batches = [torch.rand(8, 3), -100 * torch.rand(8, 3), torch.rand(8, 3)]
with torch.no_grad():
    model[0].weight.abs_()

for x in batches:
    opt.zero_grad()
    loss = (model(x) - 1).abs().mean()
    loss.backward()
    for p in model.parameters():
        p.grad /= p.grad.norm()
    opt.step()
