# expect: BT595 at update 1
# source: github.com/offbit/evo-design, issue 3, in a script with arguments
import argparse

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--learning-rate", type=float, default=0.05)
parser.add_argument("--momentum", type=float, default=0.9)
parser.add_argument("--wd", type=float, default=5e-4)
args = parser.parse_args([])

torch.manual_seed(0)
x = torch.randn(80, 5)
y = x @ torch.randn(5, 1) + 0.1 * torch.randn(80, 1)
model = nn.Sequential(nn.Linear(5, 12), nn.Tanh(), nn.Linear(12, 1))
optimizer = torch.optim.SGD(
    model.parameters(), lr=args.learning_rate, momentum=args.momentum, weight_decay=args.momentum
)
for start in range(0, 80, 16):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x[start : start + 16]), y[start : start + 16])
    loss.backward()
    optimizer.step()
