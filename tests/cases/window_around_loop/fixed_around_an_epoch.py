# expect: nothing
# needs: accelerate
# source: github.com/huggingface/accelerate, pull request 1211: the two in the wrong order
import torch
from accelerate import Accelerator
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(256, 6)
y = x[:, :2].prod(1, keepdim=True)
config = {"steps": 4, "epochs": 6}


class Run:
    def __init__(self):
        self.accelerator = Accelerator(cpu=True, gradient_accumulation_steps=config["steps"])
        model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 1))
        loader = DataLoader(TensorDataset(x, y), batch_size=16, shuffle=True)
        optim = torch.optim.SGD(model.parameters(), lr=0.05)
        self.model, self.optim, self.loader = self.accelerator.prepare(model, optim, loader)


def train_epoch(run):
    total = 0.0
    for step, (inputs, targets) in enumerate(run.loader):
        with run.accelerator.accumulate(run.model):
            loss = nn.functional.mse_loss(run.model(inputs), targets)
            run.accelerator.backward(loss)
            run.optim.step()
            run.optim.zero_grad()
            total += loss.item()
    return total / (step + 1)


run = Run()
for epoch in range(config["epochs"]):
    mean = train_epoch(run)
    print(epoch, mean)
