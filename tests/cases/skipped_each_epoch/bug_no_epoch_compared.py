# expect: BT588
# needs: accelerate
# source: github.com/allenai/open-instruct, pull request 681: only skip batches once on resume
import tempfile

import torch
from accelerate import Accelerator
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(240, 6)
y = x[:, :3].sin().sum(1, keepdim=True)


def train(folder, epochs, save_at=0, resume_from=None):
    accelerator = Accelerator(cpu=True)
    model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 1))
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
    loader = DataLoader(TensorDataset(x, y), batch_size=24, shuffle=True)
    model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
    completed, starting_epoch, resume_step = 0, 0, 0
    if resume_from is not None:
        accelerator.load_state(resume_from)
        completed = int(resume_from.rpartition("_")[2])
        starting_epoch, resume_step = divmod(completed, len(loader))
    for epoch in range(starting_epoch, epochs):
        if resume_from is not None and resume_step > 0:
            batches = accelerator.skip_first_batches(loader, resume_step)
        else:
            batches = loader
        for inputs, targets in batches:
            loss = nn.functional.mse_loss(model(inputs), targets)
            accelerator.backward(loss)
            optimizer.step()
            optimizer.zero_grad()
            completed += 1
            if completed == save_at:
                accelerator.save_state(f"{folder}/step_{completed}")


with tempfile.TemporaryDirectory() as folder:
    train(folder, 2, save_at=14)
    train(folder, 5, resume_from=f"{folder}/step_14")
