# expect: nothing
# Rates that a loop computes and keeps where they are read: in a list on an object, in a list that
# another loop goes through, in what a call updates.
import torch
from torch import nn

torch.manual_seed(0)


class Noise:
    def __init__(self, counts):
        self.rates, self.decay = [], 0.0
        for count in counts:
            rate = min(1.0, count / 10)
            self.rates.append(rate)

    def update(self, decay):
        self.decay = decay


noise = Noise([1, 2, 3])
weights = []
for at in range(3):
    weight = 0.5**at
    weights.append(weight)
model = nn.Linear(4, 3)
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for at in range(6):
    tau = 1 - 0.5**at
    noise.update(tau)
    inputs = torch.randn(16, 4)
    spread = torch.tensor(noise.rates) * noise.decay
    given = model(inputs) + spread * torch.randn(16, 3)
    rows = nn.functional.mse_loss(given, inputs[:, :3], reduction="none").mean(0)
    loss = sum(weight * row for weight, row in zip(weights, rows))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
