# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)


class Coder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode, self.decode = nn.Linear(8, 6), nn.Linear(3, 8)

    def forward(self, inputs):
        mean, log_variance = self.encode(inputs).chunk(2, dim=1)
        drawn = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        return self.decode(drawn), mean, log_variance


def train(model, optimizer, updates, kl_weight=1.0):
    for at in range(updates):
        inputs = torch.randn(32, 8)
        kl_weight = min(1.0, (at + 1) / 10)
        given, mean, log_variance = model(inputs)
        restored = (given - inputs).pow(2).sum(1).mean()
        kl = -0.5 * (1 + log_variance - mean.pow(2) - log_variance.exp()).sum(1).mean()
        loss = restored + kl_weight * kl
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


model = Coder()
train(model, torch.optim.Adam(model.parameters(), lr=1e-2), 12)
