# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info


class Events(IterableDataset):
    def __init__(self, count):
        self.count = count

    def __iter__(self):
        generator = torch.Generator().manual_seed(3)
        info = get_worker_info()
        for at in range(self.count):
            x = torch.randn(6, generator=generator)
            if at % info.num_workers == info.id:
                yield x, (x.sum() > 0).float()


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for number, (x, y) in enumerate(DataLoader(Events(240), batch_size=12, num_workers=3)):
    loss = nn.functional.binary_cross_entropy_with_logits(model(x).squeeze(1), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if number == 17:
        break
print(loss.item())
