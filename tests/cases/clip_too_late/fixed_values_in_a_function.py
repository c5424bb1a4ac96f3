# expect: nothing
# source: github.com/huggingface/transformers, issue 986 (the first gradients are clipped several times)
import torch
from torch import nn


def backward_of(loss, parameters):
    loss.backward()


torch.manual_seed(0)
model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(5):
    optimizer.zero_grad()
    for x in torch.randn(3, 16, 6):
        loss = nn.functional.mse_loss(model(x), 4 * x.sum(1, keepdim=True))
        backward_of(loss / 3, model.parameters())
    nn.utils.clip_grad_value_(model.parameters(), 0.05)
    optimizer.step()
