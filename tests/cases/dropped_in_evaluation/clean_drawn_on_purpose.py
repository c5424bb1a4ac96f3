# expect: nothing
# Dropout goes on in evaluation where it is asked for, to see how far the answers spread.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Linear(4, 32), nn.Linear(32, 1)

    def forward(self, inputs, draw=False):
        active = self.training or draw
        hidden = F.dropout(torch.tanh(self.first(inputs)), 0.2, training=active)
        return self.last(hidden)


model = Net()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for epoch in range(3):
    model.train()
    for _ in range(4):
        inputs = torch.randn(16, 4)
        loss = F.mse_loss(model(inputs), inputs.sum(1, keepdim=True))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        inputs = torch.randn(8, 4)
        print(torch.stack([model(inputs, draw=True) for _ in range(5)]).std(0).mean().item())
