# expect: BT302
# source: torch.Tensor.backward (retain_graph), PyTorch documentation
import torch

torch.manual_seed(0)
w = torch.nn.Linear(4, 1)
opt = torch.optim.SGD(w.parameters(), lr=0.01)
x = torch.randn(40, 4)
y = x.sum(1, keepdim=True)

loss_sum = 0
for step in range(6):
    rows = slice(step * 6, step * 6 + 6)
    loss = (w(x[rows]) - y[rows]).abs().mean()
    loss_sum = loss_sum + loss
    opt.zero_grad()
    loss_sum.backward(retain_graph=True)
    opt.step()
    print(step, float(loss))
