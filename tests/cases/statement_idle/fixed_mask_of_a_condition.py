# expect: nothing
import torch
from torch import nn


class Denoiser(nn.Module):
    def __init__(self):
        super().__init__()
        self.label = nn.Embedding(4, 16)
        self.first = nn.Linear(2, 16)
        self.last = nn.Linear(16, 2)

    def forward(self, x, y, drop=0.2):
        keep = (torch.rand(len(x)) >= drop).float().unsqueeze(1)
        condition = self.label(y)
        masked = condition * keep
        return self.last(torch.relu(self.first(x) + masked))


torch.manual_seed(0)
model = Denoiser()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for _ in range(8):
    noise = torch.randn(16, 2)
    loss = nn.functional.mse_loss(model(noise + 1, torch.randint(0, 4, (16,))), noise)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
