"""Scripts in which an update goes wrong, to be run again from a capsule."""

from __future__ import annotations

_HEAD = """\
import random
from collections import UserDict

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0); np.random.seed(0); random.seed(0)
"""

# BatchNorm, dropout, Adam, a schedule, and a row that is odd, which the shuffle puts late.
LOADER = """
x = torch.randn(256, 4)
x[123, 1] = {value}
y = x.nan_to_num().sum(1, keepdim=True)
loader = DataLoader(TensorDataset(x, y), batch_size=8, shuffle=True)
net = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Dropout(0.2), nn.Linear(8, 1))
adam = torch.optim.Adam(net.parameters(), lr=0.01)
decay = torch.optim.lr_scheduler.StepLR(adam, 200)
for inputs, targets in loader:
    adam.zero_grad()
    loss = ((net(inputs) - targets) ** 2).mean()
    loss.backward()
    adam.step()
    decay.step()
"""
# Autocast, a GradScaler, accumulation, and numbers drawn by Python and NumPy in between.
SCALED = """
x = torch.randn(256, 4)
x[77, 3] = float("nan")
loader = DataLoader(TensorDataset(x, (x[:, 0] > 0).long()), batch_size=8, shuffle=True)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
adam = torch.optim.AdamW(net.parameters(), lr=0.01)
scaler = torch.amp.GradScaler("cpu", init_scale=2.0**10)
loss_of = nn.CrossEntropyLoss()
for n, (inputs, targets) in enumerate(loader, start=1):
    share = np.random.beta(1.0, 1.0)
    inputs = share * inputs + (1 - share) * inputs.flip(0)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output = net(inputs)
        loss = share * loss_of(output, targets) + (1 - share) * loss_of(output, targets.flip(0))
        loss = loss / 2 + 0.01 * random.random() * output.pow(2).mean()
    scaler.scale(loss).backward()
    if n % 2 == 0:
        scaler.step(adam)
        scaler.update()
        adam.zero_grad()
"""
# Inputs by keyword, in a batch of a class of its own, of another length each time; clearing last.
KEYWORDS = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.head = nn.Embedding(20, 8), nn.Linear(8, 3)

    def forward(self, ids=None, labels=None):
        output = self.head(self.words(ids).mean(1))
        return {"loss": nn.functional.cross_entropy(output, labels), "output": output}


def collate(rows):
    length = random.randint(2, 6)
    ids = torch.stack([row[:length] for row in rows])
    return UserDict(ids=ids, labels=ids[:, 0] % 3 + (ids[:, 0] == 13) * 5)


data = [torch.randint(0, 13, (6,)) for _ in range(64)]
data[40][0] = 13
net = Net()
sgd = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
for batch in DataLoader(data, batch_size=4, shuffle=True, collate_fn=collate):
    net(**batch)["loss"].backward()
    sgd.step()
    sgd.zero_grad(set_to_none=False)
"""
# The loop cuts its batches itself, and the target goes into no function of torch's.
BY_INDEX = """
x = torch.randn(256, 4)
y = x.sum(1, keepdim=True)
y[150] = float("inf")
net = nn.Linear(4, 1)
sgd = torch.optim.SGD(net.parameters(), lr=0.01)
for at in range(0, 256, 8):
    sgd.zero_grad()
    ((net(x[at:at + 8]) - y[at:at + 8]) ** 2).mean().backward()
    sgd.step()
"""
# Two optimizers: three steps of the one for each of the other; a closure draws the loss.
TWO = """
judge, maker = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 1)), nn.Linear(4, 2)
one = torch.optim.RMSprop(judge.parameters(), lr=0.01)
two = torch.optim.Adam(maker.parameters(), lr=0.01)
binary = nn.BCEWithLogitsLoss()
for n in range(12):
    for _ in range(3):
        one.zero_grad()
        real, made = torch.randn(8, 2) + 3, maker(torch.randn(8, 4)).detach()
        loss = binary(judge(real), torch.ones(8, 1)) + binary(judge(made), torch.zeros(8, 1))
        loss.backward()
        one.step()
    two.zero_grad()
    noise = torch.randn(8, 4)
    if noise.max() > 3.0:
        noise = noise * float("inf")
    binary(judge(maker(noise)), torch.ones(8, 1)).backward()
    two.step()
"""
CLOSURE = """
x = torch.randn(64, 4)
x[60] = float("nan")
net = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1))
lbfgs = torch.optim.LBFGS(net.parameters(), lr=0.5, max_iter=3)
for inputs, in DataLoader(TensorDataset(x), batch_size=16):
    def closure():
        lbfgs.zero_grad()
        loss = nn.functional.mse_loss(net(inputs), inputs.sin().sum(1, keepdim=True))
        loss.backward()
        return loss
    lbfgs.step(closure)
"""

SCRIPTS = {
    name: _HEAD + text
    for name, text in {
        "loader": LOADER.replace("{value}", 'float("nan")'),
        "jump": LOADER.replace("{value}", "1e3"),
        "scaled": SCALED,
        "keywords": KEYWORDS,
        "by_index": BY_INDEX,
        "two": TWO,
        "closure": CLOSURE,
    }.items()
}
