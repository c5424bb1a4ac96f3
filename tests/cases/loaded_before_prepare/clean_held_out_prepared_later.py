# expect: nothing
# needs: accelerate
# source: Accelerate's documentation, Checkpointing: load_state after prepare
import tempfile

import torch
from accelerate import Accelerator
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(240, 6)
y = x[:, :3].sin().sum(1, keepdim=True)


def prepare(accelerator):
    model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    loader = DataLoader(TensorDataset(x[:200], y[:200]), batch_size=40, shuffle=True)
    return accelerator.prepare(model, optimizer, loader)


def run(folder, resume):
    accelerator = Accelerator(cpu=True)
    model, optimizer, loader = prepare(accelerator)
    if resume:
        accelerator.load_state(folder)
    held_out = accelerator.prepare(DataLoader(TensorDataset(x[200:], y[200:]), batch_size=40))
    for _ in range(2):
        model.train()
        for inputs, targets in loader:
            loss = nn.functional.mse_loss(model(inputs), targets)
            accelerator.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
        model.eval()
        with torch.no_grad():
            print(sum(nn.functional.mse_loss(model(a), b).item() for a, b in held_out))
    accelerator.save_state(folder)


with tempfile.TemporaryDirectory() as folder:
    run(folder, resume=False)
    run(folder, resume=True)
