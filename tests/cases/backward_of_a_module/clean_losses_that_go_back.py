# expect: nothing
# Losses are parts of the net that keep what they come to, and have a backward of their own to call.
import torch
from torch import nn

torch.manual_seed(4)


class StyleLoss(nn.Module):
    def __init__(self, wanted):
        super().__init__()
        self.wanted = wanted

    def forward(self, x):
        self.loss = nn.functional.mse_loss(x.T @ x / len(x), self.wanted)
        return x

    def backward(self, retain_graph=True):
        self.loss.backward(retain_graph=retain_graph)
        return self.loss


model = nn.Sequential(nn.Linear(6, 4), StyleLoss(torch.eye(4)), nn.Linear(4, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
for _ in range(6):
    x = torch.randn(32, 6)
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), x[:, :1])
    loss.backward(retain_graph=True)
    model[1].backward()
    optimizer.step()
