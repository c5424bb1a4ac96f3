# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
x_train, x_test = torch.randn(64, 5) * 3 + 10, torch.randn(32, 5) * 4 + 14
y_train, y_test = x_train[:, :1], x_test[:, :1]
mean, std = x_train.mean(0), x_train.std(0)
x_train = (x_train - mean) / std
x_test = (x_test - mean) / std
net = nn.Linear(5, 1)
opt = torch.optim.Adam(net.parameters(), lr=0.05)
for _ in range(6):
    loss = nn.functional.mse_loss(net(x_train), y_train)
    opt.zero_grad()
    loss.backward()
    opt.step()
net.eval()
with torch.no_grad():
    print(nn.functional.mse_loss(net(x_test), y_test).item())
