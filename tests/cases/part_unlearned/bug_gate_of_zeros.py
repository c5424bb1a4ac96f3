# expect: BT602 at update 3
# line: zeros_(self.gate[0]
# source: https://github.com/yz93/LAVT-RIS/issues/25
# Both layers of a gate are zeros, and what only the gate lets through learns nothing either.
import torch
from torch import nn

torch.manual_seed(3)


class Gated(nn.Module):
    """Adds what is asked for to what is seen, through a gate that begins closed."""

    def __init__(self, width):
        super().__init__()
        self.see, self.ask = nn.Linear(6, width), nn.Linear(4, width)
        self.gate = nn.Sequential(
            nn.Linear(width, width, bias=False),
            nn.Tanh(),
            nn.Linear(width, width, bias=False),
            nn.Tanh(),
        )
        nn.init.zeros_(self.gate[0].weight)
        nn.init.zeros_(self.gate[2].weight)
        self.head = nn.Linear(width, 1)

    def forward(self, x, asked):
        seen = self.see(x)
        both = torch.relu(seen * self.ask(asked))
        return self.head(seen + self.gate(both) * both)


model = Gated(16)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for _ in range(8):
    x, asked = torch.randn(32, 6), torch.randn(32, 4)
    loss = nn.functional.mse_loss(model(x, asked), x[:, :1] * asked[:, :1])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
