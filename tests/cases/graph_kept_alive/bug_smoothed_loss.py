# expect: BT302
# source: PyTorch documentation, Frequently Asked Questions: "Don't accumulate history across your training loop"
import torch
import torch.nn.functional as F

torch.manual_seed(0)
net = torch.nn.Linear(5, 3)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
smoothed = 0.0
for i in range(12):
    x = torch.randn(8, 5)
    loss = F.cross_entropy(net(x), x[:, :3].argmax(1))
    (loss / 2).backward()
    smoothed = 0.9 * smoothed + 0.1 * loss
    if i % 2 == 1:
        optimizer.step()
        optimizer.zero_grad()
        print(i, float(smoothed))
