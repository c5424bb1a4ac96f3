# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
gradient_accumulations = 4
x = torch.randn(96, 6)
rows = DataLoader(TensorDataset(x, x.sin().sum(1, keepdim=True)), batch_size=4, shuffle=True)
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(2):
    for batch_i, (part, target) in enumerate(rows):
        batches_done = len(rows) * epoch + batch_i + 1
        loss = nn.functional.mse_loss(model(part), target)
        (loss / gradient_accumulations).backward()
        if batches_done % gradient_accumulations == 0:
            optimizer.step()
            optimizer.zero_grad()
