# expect: BT204
# source: https://discuss.pytorch.org/t/optimize-masking-parameter/204381
import torch
from torch import nn

torch.manual_seed(0)


class Gate(nn.Module):
    def __init__(self):
        super().__init__()
        self.threshold = nn.Parameter(torch.tensor(0.5))

    def forward(self, signals):
        kept = (signals.abs() > self.threshold).float()
        return signals * kept


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate, self.head = Gate(), nn.Linear(6, 2)

    def forward(self, signals):
        return self.head(self.gate(signals))


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(12):
    signals = torch.randn(16, 6)
    loss = nn.functional.cross_entropy(model(signals), (signals[:, 0] > 0).long())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
