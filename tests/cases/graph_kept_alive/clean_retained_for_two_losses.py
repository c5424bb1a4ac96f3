# expect: nothing
import torch
import torch.nn.functional as F

torch.manual_seed(4)
trunk = torch.nn.Linear(6, 10)
heads = torch.nn.ModuleList([torch.nn.Linear(10, 1), torch.nn.Linear(10, 4)])
params = [*trunk.parameters(), *heads.parameters()]
opt = torch.optim.SGD(params, lr=0.02)

for _ in range(6):
    x = torch.randn(20, 6)
    h = torch.tanh(trunk(x))
    opt.zero_grad()
    F.mse_loss(heads[0](h), x[:, :1]).backward(retain_graph=True)
    F.cross_entropy(heads[1](h), x[:, :4].argmax(1)).backward()
    opt.step()
