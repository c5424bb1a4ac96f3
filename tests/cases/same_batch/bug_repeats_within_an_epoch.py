# expect: BT406 at update 2
# line: def __iter__
# source: torch.utils.data.IterableDataset, PyTorch documentation: each worker has a copy of the dataset
import torch
from torch.utils.data import DataLoader, IterableDataset


class Lines(IterableDataset):
    def __init__(self, rows):
        self.rows = rows

    def __iter__(self):
        return iter(self.rows)


torch.manual_seed(0)
inputs = torch.randn(40, 3)
rows = [(x, x @ torch.tensor([1.0, -2.0, 0.5])) for x in inputs]
net = torch.nn.Linear(3, 1)
opt = torch.optim.SGD(net.parameters(), lr=0.05)
for x, y in DataLoader(Lines(rows), batch_size=10, num_workers=2):
    opt.zero_grad()
    loss = (net(x).squeeze(1) - y).pow(2).mean()
    loss.backward()
    opt.step()
