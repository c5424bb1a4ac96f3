# expect: nothing
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, TensorDataset


class Accumulator:
    """Steps every n-th batch."""

    def __init__(self, optimizer, every):
        self.optimizer, self.every = optimizer, every

    def __call__(self, loss, batch_index):
        (loss / self.every).backward()
        if (batch_index + 1) % self.every == 0:
            self.optimizer.step()
            self.optimizer.zero_grad()


torch.manual_seed(8)
x = torch.randn(44, 6)
loader = DataLoader(TensorDataset(x, x.norm(dim=1)), batch_size=4, shuffle=True)
model = torch.nn.Linear(6, 1)
accumulate = Accumulator(torch.optim.Adam(model.parameters(), lr=1e-2), every=3)
for epoch in range(3):
    for index, (features, target) in enumerate(loader, start=11 * epoch):
        accumulate(F.l1_loss(model(features).squeeze(1), target), index)
