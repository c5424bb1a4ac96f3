# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 2))

    def forward(self, x):
        return self.layers(x)


x = torch.randn(96, 8)
y = (x[:, 0] + torch.randn(96) > 0).long()
model = Net().to("cpu")
for fold in range(3):
    if fold != 0:
        continue
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    val_index = torch.arange(fold * 32, fold * 32 + 32)
    is_kept = torch.ones(96, dtype=torch.bool)
    is_kept[val_index] = False
    train_index = is_kept.nonzero().flatten()
    for _ in range(3):
        for rows in train_index[torch.randperm(64)].split(16):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        right = model(x[val_index]).argmax(1) == y[val_index]
    print(fold, right.float().mean().item())
