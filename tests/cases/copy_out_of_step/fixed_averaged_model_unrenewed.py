# expect: nothing
# source: docs of torch.optim.swa_utils.AveragedModel: update_parameters is called after each epoch
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

torch.manual_seed(0)
net = nn.Linear(6, 3)
swa_net = AveragedModel(net)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(4):
    for _ in range(10):
        x = torch.randn(16, 6)
        loss = nn.functional.cross_entropy(net(x), x[:, :3].argmax(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    swa_net.update_parameters(net)
with torch.no_grad():
    print(nn.functional.cross_entropy(swa_net(x), x[:, :3].argmax(1)).item())
