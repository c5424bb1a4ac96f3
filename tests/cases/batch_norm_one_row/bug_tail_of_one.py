# expect: BT306
# source: the error "Expected more than 1 value per channel when training" of torch.nn.functional.batch_norm
# ends: ValueError
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(4, 16)
        self.norm = nn.BatchNorm1d(16)
        self.out = nn.Linear(16, 2)

    def forward(self, x):
        return self.out(torch.relu(self.norm(self.hidden(x))))


torch.manual_seed(0)
x = torch.randn(33, 4)
loader = DataLoader(TensorDataset(x, (x[:, 0] > 0).long()), batch_size=8)
model = Classifier()
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(2):
    for xb, yb in loader:
        opt.zero_grad()
        nn.functional.cross_entropy(model(xb), yb).backward()
        opt.step()
