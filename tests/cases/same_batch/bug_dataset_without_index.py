# expect: BT406 at update 2
# line: def __getitem__
# source: torch.utils.data.Dataset, PyTorch documentation: __getitem__ fetches the sample of the given key
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Pairs(Dataset):
    def __init__(self, n=40):
        self.inputs = torch.randn(n, 4)
        self.outputs = self.inputs.sum(1, keepdim=True)
        self.cursor = 0

    def __len__(self):
        return len(self.inputs)

    def __getitem__(self, index):
        return self.inputs[self.cursor], self.outputs[self.cursor]


torch.manual_seed(0)
model = nn.Linear(4, 1)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for x, y in DataLoader(Pairs(), batch_size=8, shuffle=True):
    loss = nn.functional.mse_loss(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
