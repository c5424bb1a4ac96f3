# expect: BT534 at update 1
# source: github.com/vocalpy/vak, issue 151: a break beside the if that asks for the patience
import copy

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(320, 6)
y = x[:, :3].argmax(1)
loader = DataLoader(TensorDataset(x[:256], y[:256]), batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)


def train():
    model.train()
    for inputs, targets in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(inputs), targets).backward()
        optimizer.step()


def evaluate():
    model.eval()
    with torch.no_grad():
        return (model(x[256:]).argmax(1) == y[256:]).float().mean().item()


best, waited, patience, kept = 0.0, 0, 4, None
for epoch in range(20):
    train()
    accuracy = evaluate()
    if accuracy > best:
        best, waited = accuracy, 0
        kept = copy.deepcopy(model.state_dict())
    else:
        waited += 1
        if waited > patience:
            print(f"no better accuracy in {patience} epochs")
        break
model.load_state_dict(kept)
