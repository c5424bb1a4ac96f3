# expect: nothing
# A generator with batch norm shows what it makes now and then, as it is trained: no loss is taken.
import torch
from torch import nn

torch.manual_seed(2)
generator = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 2))
judge = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 1))
opt_g = torch.optim.Adam(generator.parameters(), lr=1e-3)
opt_d = torch.optim.Adam(judge.parameters(), lr=1e-3)
loss_fn = nn.BCEWithLogitsLoss()
fixed = torch.randn(16, 4)
for step in range(8):
    real, fake = torch.randn(16, 2) + 1, generator(torch.randn(16, 4))
    opt_d.zero_grad()
    loss = loss_fn(judge(real), torch.ones(16, 1)) + loss_fn(
        judge(fake.detach()), torch.zeros(16, 1)
    )
    loss.backward()
    opt_d.step()
    opt_g.zero_grad()
    loss_fn(judge(fake), torch.ones(16, 1)).backward()
    opt_g.step()
    if step % 4 == 3:
        with torch.no_grad():
            print(generator(fixed).mean().item())
