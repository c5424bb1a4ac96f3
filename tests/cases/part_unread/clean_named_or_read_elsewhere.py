# expect: nothing
# Ends are unread on purpose, by name; a model returns a mask that its own loss has applied; the
# lengths are what another function reads.
import torch
from torch import nn

torch.manual_seed(0)


class Masked(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode, self.decode = nn.Linear(8, 16), nn.Linear(16, 8)

    def forward(self, inputs):
        mask = (torch.rand_like(inputs) < 0.5).float()
        given = self.decode(torch.tanh(self.encode(inputs * (1 - mask))))
        return ((given - inputs) ** 2 * mask).sum() / mask.sum(), given, mask


model = Masked()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
rows = [(torch.randn(8), at, 0.0) for at in range(96)]
lengths = [8] * 96


def count():
    return sum(lengths)


for _ in range(12):
    inputs, order, _dones = zip(*[rows[at] for at in torch.randperm(96)[:16]], strict=True)
    loss, given, mask = model(torch.stack(inputs))
    assert count() and order
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
