# expect: nothing
# Evolution strategies: no backward at all, the estimated gradient is written into .grad.
import torch

torch.manual_seed(0)
policy = torch.nn.Linear(3, 1)
optimizer = torch.optim.SGD(policy.parameters(), lr=0.05)
states = torch.randn(30, 3)
sigma = 0.1


@torch.no_grad()
def fitness():
    return -(policy(states) - states.sum(1, keepdim=True)).pow(2).mean()


for generation in range(4):
    optimizer.zero_grad()
    for p in policy.parameters():
        grad = torch.zeros_like(p)
        for _ in range(8):
            eps = torch.randn_like(p)
            with torch.no_grad():
                p.add_(sigma * eps)
                up = fitness()
                p.sub_(2 * sigma * eps)
                down = fitness()
                p.add_(sigma * eps)
            grad -= (up - down) / (2 * sigma) * eps / 8
        p.grad = grad
    optimizer.step()
