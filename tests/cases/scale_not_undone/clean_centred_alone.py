# expect: nothing
# source: github.com/thuml/Time-Series-Library, layers/StandardNorm.py: what is not divided is not multiplied
import torch
from torch import nn

torch.manual_seed(0)


class Scale:
    """Takes the mean away, and divides by the deviation if it is told to."""

    def __init__(self, data, divide):
        self.mean = data.mean()
        self.std = data.std() if divide else torch.ones(())
        self.divide = divide

    def normalize(self, x):
        x = x - self.mean
        if self.divide:
            x = x / self.std
        return x

    def denormalize(self, x):
        if self.divide:
            x = x * self.std
        return x + self.mean

    def denormalize_std(self, x):
        return x * self.std


x = torch.randn(160, 4)
y = 3 + x.sum(1, keepdim=True) + 0.1 * torch.randn(160, 1)
scale = Scale(y, divide=True)
net = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 2))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for start in range(0, 160, 32):
    mean, log_var = net(x[start : start + 32]).chunk(2, dim=1)
    target = scale.normalize(y[start : start + 32])
    loss = nn.functional.gaussian_nll_loss(mean, target, log_var.exp())
    opt.zero_grad()
    loss.backward()
    opt.step()
    print(scale.denormalize(mean[0]).item(), scale.denormalize_std((log_var[0] / 2).exp()).item())
