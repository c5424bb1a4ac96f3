# expect: BT102 at update 2
# source: discuss.pytorch.org, "How to implement accumulated gradient?": zero_grad inside the inner loop
import argparse

import torch
from torch.utils.data import DataLoader, TensorDataset

parser = argparse.ArgumentParser()
parser.add_argument("--accumulate", type=int, default=4)
parser.add_argument("--lr", type=float, default=0.05)
args = parser.parse_args([])

torch.manual_seed(11)
x = torch.randn(64, 9)
y = (x[:, 0] * x[:, 1] > 0).float()
loader = DataLoader(TensorDataset(x, y), batch_size=4, shuffle=True)

model = torch.nn.Sequential(torch.nn.Linear(9, 20), torch.nn.ReLU(), torch.nn.Linear(20, 1))
opt = torch.optim.SGD(model.parameters(), lr=args.lr)
bce = torch.nn.BCEWithLogitsLoss()

for step, (xb, yb) in enumerate(loader):
    opt.zero_grad()
    loss = bce(model(xb).squeeze(1), yb)
    (loss / args.accumulate).backward()
    if (step + 1) % args.accumulate == 0:
        opt.step()
