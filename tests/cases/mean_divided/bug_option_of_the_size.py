# expect: BT581 at update 1
# source: github.com/tech-srl/code2seq, pull request 9: a mean is divided by the batch's size
import argparse

import torch
from torch import nn
from torch.nn import functional as F

parser = argparse.ArgumentParser()
parser.add_argument("--batch-size", type=int, default=32)
args = parser.parse_args([])

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-3)
for step in range(40):
    x = torch.randn(args.batch_size, 10)
    y = x[:, :3].argmax(dim=1)
    loss = F.cross_entropy(model(x), y)
    loss /= args.batch_size
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
