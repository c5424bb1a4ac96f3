# expect: nothing
# The average of the weights has its statistics computed, with the model in training mode.
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, update_bn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(5, 8), nn.BatchNorm1d(8), nn.Dropout(0.1), nn.Linear(8, 1))
average = AveragedModel(net)
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
batches = [torch.randn(16, 5) for _ in range(8)]
for x in batches:
    opt.zero_grad()
    nn.functional.mse_loss(net(x), x[:, :1]).backward()
    opt.step()
    average.update_parameters(net)
update_bn(batches, average)
update_bn(batches, net)
