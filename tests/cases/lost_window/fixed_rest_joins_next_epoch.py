# expect: nothing
# What is left at the end of an epoch is stepped, by the mean of those left.
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
        waiting = min(acc, len(dl) - i // acc * acc)
        (nn.functional.cross_entropy(m(x), y) / waiting).backward()
        if (i + 1) % acc == 0 or i + 1 == len(dl):
            opt.step()
            opt.zero_grad()
