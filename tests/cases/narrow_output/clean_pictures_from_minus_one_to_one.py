# expect: nothing
# A tanh says what the pictures are; a sigmoid inside of the model gates, and is not its output.
import torch
from torch import nn

torch.manual_seed(0)
pictures = torch.rand(60, 12) * 2 - 1


class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner, self.gate, self.outer = nn.Linear(12, 8), nn.Linear(12, 8), nn.Linear(8, 12)

    def forward(self, x):
        return torch.tanh(self.outer(self.inner(x) * torch.sigmoid(self.gate(x))))


model = Gated()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(4):
    for batch in pictures.split(20):
        optimizer.zero_grad()
        nn.functional.mse_loss(model(batch), batch).backward()
        optimizer.step()
