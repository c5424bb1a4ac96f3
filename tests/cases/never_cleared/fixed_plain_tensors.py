# expect: nothing
# A line fitted by hand, as in the first tutorial.
import torch

torch.manual_seed(0)
x = torch.linspace(-1, 1, 50)
y = 3 * x + 0.5

w = torch.zeros(1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)

learning_rate = 0.1
for t in range(5):
    y_pred = w * x + b
    loss = (y_pred - y).pow(2).mean()
    print(t, loss.item())
    loss.backward()
    with torch.no_grad():
        w -= learning_rate * w.grad
        b -= learning_rate * b.grad
        w.grad = None
        b.grad = None
