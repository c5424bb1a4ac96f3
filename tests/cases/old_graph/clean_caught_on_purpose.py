# expect: nothing
import torch

torch.manual_seed(0)
layer = torch.nn.Linear(3, 3)
opt = torch.optim.Adam(layer.parameters())
for i in range(4):
    x = torch.randn(8, 3)
    y = layer(x)
    opt.zero_grad()
    y.square().mean().backward(retain_graph=True)
    y.abs().mean().backward()
    opt.step()
