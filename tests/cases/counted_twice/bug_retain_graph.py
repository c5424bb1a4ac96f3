# expect: BT105 at update 1
# source: discuss.pytorch.org, "What happens when calling backward() twice with retain_graph=True?"
import torch
import torch.nn as nn
import torch.optim as optim


def gradient_norm(model, loss):
    """For the log."""
    loss.backward(retain_graph=True)
    return torch.cat([p.grad.flatten() for p in model.parameters()]).norm().item()


torch.manual_seed(42)
model = nn.Sequential(nn.Linear(12, 24), nn.GELU(), nn.Dropout(0.1), nn.Linear(24, 4))
optimizer = optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
inputs, targets = torch.randn(64, 12), torch.randint(0, 4, (64,))

for step in range(4):
    batch = slice(16 * step, 16 * step + 16)
    optimizer.zero_grad()
    loss = criterion(model(inputs[batch]), targets[batch])
    print(step, loss.item(), gradient_norm(model, loss))
    loss.backward()
    optimizer.step()
