# expect: nothing
# needs: accelerate
# source: github.com/huggingface/accelerate, issue 244: a script runs without prepare
import torch
from accelerate import Accelerator
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(256, 5)
y = (x[:, :1] * x[:, 1:2]).tanh()
accelerator = Accelerator(cpu=True)
model = nn.Sequential(nn.Linear(5, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
rows = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)
model, optimizer, rows = accelerator.prepare(model, optimizer, rows)
for _ in range(3):
    for batch, target in rows:
        loss = nn.functional.mse_loss(model(batch), target)
        optimizer.zero_grad()
        accelerator.backward(loss)
        optimizer.step()
