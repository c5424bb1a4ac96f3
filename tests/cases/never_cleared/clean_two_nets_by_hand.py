# expect: nothing
# A second net of plain tensors below the first, which keeps the gradients that it ended with.
# source: A. Karpathy, "Building makemore Part 3"
import torch
from torch.nn.functional import cross_entropy

torch.manual_seed(0)
inputs, targets = torch.randn(64, 5), torch.randint(3, (64,))

W1 = torch.randn(5, 20) * 0.1
W2 = torch.randn(20, 3) * 0.1
parameters = [W1, W2]
for p in parameters:
    p.requires_grad = True
for _ in range(12):
    loss = cross_entropy(torch.tanh(inputs @ W1) @ W2, targets)
    for p in parameters:
        p.grad = None
    loss.backward()
    for p in parameters:
        p.data += -0.1 * p.grad

layers = [torch.randn(5, 20) * 0.1, torch.randn(20, 20) * 0.1, torch.randn(20, 3) * 0.1]
parameters = list(layers)
for p in parameters:
    p.requires_grad = True
for _ in range(12):
    hidden = inputs
    for layer in layers:
        hidden = torch.tanh(hidden @ layer)
    loss = cross_entropy(hidden, targets)
    for p in parameters:
        p.grad = None
    loss.backward()
    for p in parameters:
        p.data += -0.1 * p.grad
