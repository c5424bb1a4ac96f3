# expect: BT448 at update 1
# source: stackoverflow.com, "shuffle two numpy arrays in unison"
import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(0)
torch.manual_seed(0)
data = rng.normal(size=(64, 6)).astype("float32")
labels = (data[:, 0] > 0).astype("int64")
rng.shuffle(data)
rng.shuffle(labels)
x, y = torch.from_numpy(data), torch.from_numpy(labels)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for rows in torch.arange(64).split(16):
    loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
    opt.zero_grad()
    loss.backward()
    opt.step()
