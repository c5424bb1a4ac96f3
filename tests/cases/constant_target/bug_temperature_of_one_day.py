# expect: BT405 at update 2
# source: A. Karpathy, "A Recipe for Training Neural Networks", 2019: visualize what goes into the model
import torch
from torch import nn

torch.manual_seed(0)
weather = torch.randn(100, 5)
temperature = 15 + 5 * weather[:, 0]
net = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
criterion = nn.MSELoss()

i = 0
for step in range(5):
    days = torch.randint(0, 100, (20,))
    target = temperature[i].repeat(20).unsqueeze(1)
    optimizer.zero_grad()
    loss = criterion(net(weather[days]), target)
    loss.backward()
    optimizer.step()
    print(step, loss.item())
