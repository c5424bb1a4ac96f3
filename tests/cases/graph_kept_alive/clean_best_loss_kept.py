# expect: nothing
import torch
import torch.nn.functional as F

torch.manual_seed(0)
m = torch.nn.Linear(3, 1)
opt = torch.optim.SGD(m.parameters(), lr=0.05)
x, y = torch.randn(20, 3), torch.randn(20, 1)
best, best_output = None, None
for _ in range(10):
    output = m(x)
    loss = F.mse_loss(output, y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if best is None or loss < best:
        best, best_output = loss, output
print(best.item())
