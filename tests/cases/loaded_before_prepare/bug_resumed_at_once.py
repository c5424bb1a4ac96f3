# expect: BT587
# needs: accelerate
# source: github.com/X-GenGroup/Flow-Factory, issue 172: load_state before prepare
import tempfile

import torch
from accelerate import Accelerator
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(240, 6)
y = x[:, :3].sin().sum(1, keepdim=True)


def run(folder, epochs, resume):
    accelerator = Accelerator(cpu=True)
    model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    if resume:
        accelerator.load_state(folder)
    loader = DataLoader(TensorDataset(x, y), batch_size=40, shuffle=True)
    model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
    for _ in range(epochs):
        for inputs, targets in loader:
            loss = nn.functional.mse_loss(model(inputs), targets)
            accelerator.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
    accelerator.save_state(folder)


with tempfile.TemporaryDirectory() as folder:
    run(folder, 2, resume=False)
    run(folder, 2, resume=True)
