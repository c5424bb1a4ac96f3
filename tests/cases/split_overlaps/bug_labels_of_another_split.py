# expect: BT546 at update 1
# source: https://github.com/dmlc/dgl/issues/3586
import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(0)
torch.manual_seed(0)


def split(near, far, n_train, n_val):
    train_near, val_near = near[:n_train], near[n_train:]
    train_far, val_far = far[:n_train], far[n_val:]
    return (train_near, train_far), (val_near, val_far)


near = rng.normal(1.0, 1.0, (120, 3)).astype("float32")
far = rng.normal(-1.0, 1.0, (120, 3)).astype("float32")
(train_near, train_far), held = split(near, far, 90, 30)
x = torch.from_numpy(np.concatenate([train_near, train_far]))
y = torch.cat([torch.ones(len(train_near)), torch.zeros(len(train_far))]).long()
net = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(20):
    loss = nn.functional.cross_entropy(net(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
with torch.no_grad():
    print([net(torch.from_numpy(rows)).argmax(1).float().mean().item() for rows in held])
