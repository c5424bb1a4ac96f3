# expect: BT304 at update 4
# source: torch.set_grad_enabled, PyTorch documentation
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
mse = nn.MSELoss()
X, Y = torch.randn(60, 3), torch.randn(60, 1)


def evaluate():
    model.eval()
    torch.set_grad_enabled(False)
    score = mse(model(X[45:]), Y[45:])
    model.train()
    return score


for epoch in range(2):
    for b in range(3):
        opt.zero_grad()
        loss = mse(model(X[b * 15 : b * 15 + 15]), Y[b * 15 : b * 15 + 15])
        loss.requires_grad_(True)  # silences "does not require grad"
        loss.backward()
        opt.step()
    print(epoch, evaluate())
