# expect: BT564 at update 1
# source: github.com/microsoft/protein-frame-flow, issue 23: model_step adds it, training_step again
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
x = torch.randn(192, 9)
target = torch.tanh(x @ torch.randn(9, 9))


class Flow(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(9, 32), nn.SiLU(), nn.Linear(32, 9))

    def forward(self, x):
        return self.layers(x)


def model_step(model, batch, wanted):
    field = model(batch)
    field_loss = F.mse_loss(field, wanted)
    auxiliary_loss = (torch.cdist(field, field) - torch.cdist(wanted, wanted)).abs().mean()
    field_loss = field_loss + 0.25 * auxiliary_loss
    return {"field_loss": field_loss, "auxiliary_loss": 0.25 * auxiliary_loss}


model = Flow()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(4):
    for i in range(0, 192, 32):
        losses = model_step(model, x[i : i + 32], target[i : i + 32])
        loss = losses["field_loss"] + losses["auxiliary_loss"]
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
