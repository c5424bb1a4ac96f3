# expect: nothing
# Two losses over one forward, each with its own backward: retain_graph is needed and right.
import torch
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(8, 16), nn.ReLU())
to_class, to_value = nn.Linear(16, 3), nn.Linear(16, 1)
params = [*encoder.parameters(), *to_class.parameters(), *to_value.parameters()]
optimizer = torch.optim.Adam(params, lr=1e-3)

for x in torch.randn(4, 12, 8):
    optimizer.zero_grad()
    h = encoder(x)
    loss_class = nn.functional.cross_entropy(to_class(h), x[:, :3].argmax(1))
    loss_value = nn.functional.mse_loss(to_value(h), x.mean(1, keepdim=True))
    loss_class.backward(retain_graph=True)
    loss_value.backward()
    optimizer.step()
