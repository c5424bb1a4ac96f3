# expect: BT206 at update 9
# line: judged.load_state_dict
# source: torch.nn.Module.load_state_dict, PyTorch documentation
# Each epoch is evaluated with averaged weights, loaded into the model that is trained.

import torch
from torch import nn

torch.manual_seed(1)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 2))
average = {name: value.clone() for name, value in model.state_dict().items()}
judged = model
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(64, 6)
y = (x[:, 0] > x[:, 1]).long()
for epoch in range(3):
    for _ in range(4):
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        for name, value in model.state_dict().items():
            average[name].lerp_(value, 0.2)
    judged.load_state_dict(average)
    judged.eval()
    with torch.no_grad():
        print((judged(x).argmax(1) == y).float().mean().item())
    model.train()
