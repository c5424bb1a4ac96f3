# expect: nothing
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.proj = nn.Conv1d(6, 16, 3, padding=1)
        self.out = nn.Linear(16, 3)

    def forward(self, x):
        maps = F.normalize(torch.relu(self.proj(x.transpose(1, 2))))
        return self.out(maps.mean(dim=2))


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
kinds = torch.randn(3, 6)
for _ in range(4):
    labels = torch.randint(0, 3, (32,))
    x = kinds[labels][:, None] + 0.3 * torch.randn(32, 10, 6)
    loss = F.cross_entropy(model(x), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
