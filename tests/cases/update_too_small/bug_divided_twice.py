# expect: BT507 at update 3
# source: forum threads on a loss that does not change because the rate was scaled again
import argparse

import torch
from torch import nn

torch.manual_seed(0)


parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=1e-2)
args = parser.parse_args()
samples = 50_000

model = nn.Linear(12, 4)
rate = args.lr / samples / samples
optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)
for _ in range(6):
    x = torch.randn(16, 12)
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x), x[:, :4].argmax(1)).backward()
    optimizer.step()
