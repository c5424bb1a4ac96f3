# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

ds = TensorDataset(torch.randn(64, 6), torch.randint(0, 2, (64,)))


def get_batch():
    dl = DataLoader(ds, batch_size=16, shuffle=True)
    return next(iter(dl))


torch.manual_seed(0)
model = nn.Linear(6, 2)
opt = torch.optim.Adam(model.parameters(), 1e-2)
for it in range(6):
    x, y = get_batch()
    loss = nn.functional.cross_entropy(model(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
