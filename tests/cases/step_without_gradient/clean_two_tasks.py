# expect: nothing
# Each batch belongs to one task; all optimizers are stepped, the idle one has nothing to do.
import torch
from torch import nn

torch.manual_seed(0)
trunk = nn.Sequential(nn.Linear(6, 12), nn.ReLU())
heads = {"size": nn.Linear(12, 1), "kind": nn.Linear(12, 3)}
optimizers = [torch.optim.Adam(m.parameters(), lr=1e-3) for m in (trunk, *heads.values())]

for it in range(6):
    task = "size" if it % 2 == 0 else "kind"
    x = torch.randn(10, 6)
    out = heads[task](trunk(x))
    if task == "size":
        loss = nn.functional.mse_loss(out, x.norm(dim=1, keepdim=True))
    else:
        loss = nn.functional.cross_entropy(out, x[:, :3].argmax(1))
    for opt in optimizers:
        opt.zero_grad()
    loss.backward()
    for opt in optimizers:
        opt.step()
