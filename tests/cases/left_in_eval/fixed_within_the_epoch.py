# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x = torch.randn(320, 6)
y = x[:, :3].argmax(1)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)


def validate():
    model.eval()
    with torch.no_grad():
        right = (model(x[240:]).argmax(1) == y[240:]).float().mean().item()
    model.train()
    return right


steps = 0
for epoch in range(3):
    model.train()
    for rows in torch.arange(240).split(40):
        loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        steps += 1
        if steps % 4 == 0:
            print(validate())
