# expect: nothing
# source: torch.optim.lr_scheduler, "How to adjust learning rate", PyTorch documentation
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(192, 6)
rows = TensorDataset(x, (x[:, 0] > x[:, 1]).long())
loader = DataLoader(rows, batch_size=24, shuffle=True)
model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=6, gamma=0.3)


def train_epoch():
    for features, labels in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(features), labels).backward()
        optimizer.step()


for _ in range(3):
    train_epoch()
    scheduler.step()
state = model.state_dict()
model = nn.Sequential(nn.Linear(6, 24), nn.Tanh(), nn.Linear(24, 2))
model.load_state_dict(state)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=6, gamma=0.3)
train_epoch()
for _ in range(4):
    scheduler.step()
scheduler.step()
for _ in range(6):
    train_epoch()
    scheduler.step()
