# expect: nothing
"""The base is trained first, then only its low-rank weights, each stage by its own optimizer."""

import torch
from torch import nn

torch.manual_seed(0)


class Lora(nn.Module):
    def __init__(self):
        super().__init__()
        self.base = nn.Linear(6, 6)
        self.lora_a = nn.Parameter(torch.randn(6, 2))
        self.lora_b = nn.Parameter(torch.zeros(2, 6))

    def forward(self, x):
        return self.base(x) + x @ self.lora_a @ self.lora_b


def stage(model, parameters, turn):
    optimizer = torch.optim.AdamW(parameters, lr=1e-2)
    for _ in range(5):
        x = torch.randn(16, 6)
        loss = nn.functional.mse_loss(model(x), x.roll(turn, 1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


model = Lora()
lora = [model.lora_a, model.lora_b]
stage(model, model.base.parameters(), 1)
stage(model, lora, 2)
