# expect: BT110 at update 2
# line: if (i + 1) % acc == 0:
# source: discuss.pytorch.org, "Gradient accumulation": what happens to the last batches of an epoch
# Two of five batches are left over, and the first step of the next epoch reads five.
import torch
from torch import nn

torch.manual_seed(0)
dl = torch.utils.data.DataLoader(
    torch.utils.data.TensorDataset(torch.randn(40, 5), torch.randint(0, 3, (40,))),
    batch_size=8,
    shuffle=True,
)
m = nn.Sequential(nn.Linear(5, 12), nn.ReLU(), nn.Linear(12, 3))
opt = torch.optim.SGD(m.parameters(), 0.05)
acc = 3
for epoch in range(3):
    for i, (x, y) in enumerate(dl):
        (nn.functional.cross_entropy(m(x), y) / acc).backward()
        if (i + 1) % acc == 0:
            opt.step()
            opt.zero_grad()
