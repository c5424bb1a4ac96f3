# expect: nothing
# The part of a loaded model is taken, and its whole is looked at again at the end.
import io

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.body = nn.Linear(6, width)
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        return self.head(torch.relu(self.body(x)))


def train(model, x, y, updates):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(updates):
        rows = torch.randint(0, len(x), (16,))
        optimizer.zero_grad()
        nn.functional.mse_loss(model(x[rows]), y[rows]).backward()
        optimizer.step()


torch.manual_seed(0)
x = torch.randn(256, 6)
y = (x[:, :1] * x[:, 1:2]).tanh()
first = Net(16)
train(first, x, y, 20)
file = io.BytesIO()
torch.save(first.state_dict(), file)
file.seek(0)
model = Net(16)
pretrained = Net(16)
pretrained.load_state_dict(torch.load(file))
model.body.load_state_dict(pretrained.body.state_dict())
train(model, x[:64], y[:64] + 0.5, 10)
again = Net(16)
again.load_state_dict(torch.load(io.BytesIO(file.getvalue())))
again.eval()
