# expect: nothing
# needs: accelerate
# source: github.com/huggingface/transformers, issue 26312: accelerator.backward divides the loss
import torch
from accelerate import Accelerator
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(160, 5)
y = x[:, :1].sin() + x[:, 1:2] * x[:, 2:3]
accelerator = Accelerator(cpu=True, gradient_accumulation_steps=2)
model = nn.Sequential(nn.Linear(5, 24), nn.Tanh(), nn.Linear(24, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
rows = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
model, optimizer, rows = accelerator.prepare(model, optimizer, rows)
for _ in range(3):
    for batch, target in rows:
        with accelerator.accumulate(model):
            loss = nn.functional.mse_loss(model(batch), target)
            accelerator.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
