# expect: BT224 at update 9
# source: torch.nn.utils.prune, PyTorch documentation
# A net is pruned after six updates; its gradients are masked, and velocity moves the pruned weights.
import torch
from torch import nn

torch.manual_seed(36)
model = nn.Sequential(nn.Linear(16, 24), nn.ReLU(), nn.Linear(24, 4))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
masks = {}
for step in range(12):
    if step == 6:
        for weight in (model[0].weight, model[2].weight):
            limit = weight.detach().abs().median()
            masks[weight] = (weight.detach().abs() > limit).float()
            weight.data.mul_(masks[weight])
    x = torch.randn(32, 16)
    loss = nn.functional.cross_entropy(model(x), x[:, :4].argmax(1))
    optimizer.zero_grad()
    loss.backward()
    for weight, mask in masks.items():
        weight.grad.mul_(mask)
    optimizer.step()
