# expect: nothing
# Rows of two domains that belong to nobody: the classes are those of the first loader's own rows.
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
source = TensorDataset(torch.randn(64, 6), torch.randint(3, (64,)))
source_batches = DataLoader(source, batch_size=16, shuffle=True)
target_batches = DataLoader(TensorDataset(torch.randn(64, 6) + 1), batch_size=16, shuffle=True)
body, head = nn.Sequential(nn.Linear(6, 12), nn.ReLU()), nn.Linear(12, 3)
opt = torch.optim.SGD([*body.parameters(), *head.parameters()], lr=0.1)
for epoch in range(3):
    for (x, y), (target,) in zip(source_batches, target_batches):
        features, others = body(x), body(target)
        apart = nn.functional.mse_loss(features.mean(0), others.mean(0))
        loss = nn.functional.cross_entropy(head(features), y) + 0.1 * apart
        opt.zero_grad()
        loss.backward()
        opt.step()
