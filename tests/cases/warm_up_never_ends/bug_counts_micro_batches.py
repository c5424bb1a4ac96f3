# expect: BT521 at update 12
# source: https://github.com/huggingface/accelerate/issues/963
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(64, 4)
loader = DataLoader(TensorDataset(x, x.sum(1, keepdim=True)), batch_size=8)
model = nn.Linear(4, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, 0.01, total_iters=len(loader) * 3)
for epoch in range(6):
    for number, (a, b) in enumerate(loader, start=1):
        (nn.functional.mse_loss(model(a), b) / 4).backward()
        if number % 4 == 0:
            optimizer.step()
            scheduler.step()
            optimizer.zero_grad()
