# expect: BT510
# also: BT513
# source: "StepLR: learning rate drops to zero too early", discuss.pytorch.org
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)


def train_one_epoch(model, loader, optimizer, scheduler):
    for features, labels in loader:
        loss = nn.functional.cross_entropy(model(features), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()


data = torch.randn(96, 5)
loader = DataLoader(TensorDataset(data, data[:, :3].argmax(1)), batch_size=8)
model = nn.Linear(5, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.1)
for _ in range(2):
    train_one_epoch(model, loader, optimizer, scheduler)
