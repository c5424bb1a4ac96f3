# expect: BT413
# source: Python language reference, 8.3: names in the target list are not deleted when the loop is finished
# also: BT405
"""A collate function gives a batch the label of its last row; the loss broadcasts it."""

import torch
from torch import nn
from torch.utils.data import DataLoader

torch.manual_seed(0)
features = torch.randn(96, 6)
rows = [(x, float(x[0] - x[1])) for x in features]


def collate(samples):
    xs = []
    ys = []
    for x, y in samples:
        xs.append(x)
        ys.append(y)
    return {"x": torch.stack(xs), "y": torch.as_tensor(y)}


net = nn.Linear(6, 1)
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
for epoch in range(2):
    for batch in DataLoader(rows, batch_size=16, shuffle=True, collate_fn=collate):
        error = net(batch["x"]).squeeze(1) - batch["y"]
        loss = error.square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
