# expect: BT401 at update 1
# line: mse = ((y_hat - t) ** 2)
# source: Broadcasting semantics, PyTorch documentation; github.com/pytorch/pytorch/issues/19699
import torch

torch.manual_seed(0)
x = torch.linspace(-1, 1, 50)
t = 3 * x + 0.2
lin = torch.nn.Linear(1, 1)
opt = torch.optim.SGD(lin.parameters(), lr=0.1)
for epoch in range(5):
    y_hat = lin(x[:, None])
    mse = ((y_hat - t) ** 2).mean()
    opt.zero_grad()
    mse.backward()
    opt.step()
    print(epoch, mse.item())
