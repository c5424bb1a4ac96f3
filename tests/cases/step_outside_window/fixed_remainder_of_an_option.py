# expect: nothing
import argparse

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--accumulate", type=int, default=1)
args = parser.parse_args(["--accumulate", "4"])
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 12), nn.ReLU(), nn.Linear(12, 3))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
scaler = torch.amp.GradScaler("cpu")
for step in range(1, 19):
    x = torch.randn(8, 5)
    loss = nn.functional.cross_entropy(net(x), x[:, :3].argmax(1)) / args.accumulate
    scaler.scale(loss).backward()
    if step % args.accumulate == 0:
        scaler.step(opt)
        scaler.update()
        opt.zero_grad()
