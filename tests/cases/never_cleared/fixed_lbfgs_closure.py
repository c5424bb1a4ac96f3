# expect: nothing
import torch

torch.manual_seed(3)

t = torch.linspace(0, 1, 40).unsqueeze(1)
target = torch.sin(2 * 3.1416 * t)
net = torch.nn.Sequential(torch.nn.Linear(1, 12), torch.nn.Tanh(), torch.nn.Linear(12, 1))
opt = torch.optim.LBFGS(net.parameters(), lr=0.5, max_iter=4, history_size=5)

for it in range(3):

    def closure():
        opt.zero_grad()
        loss = torch.mean((net(t) - target) ** 2)
        loss.backward()
        return loss

    value = opt.step(closure)
    print(it, float(value))
