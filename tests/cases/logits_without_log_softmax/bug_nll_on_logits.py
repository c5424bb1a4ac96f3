# expect: BT404 at update 1
# source: torch.nn.NLLLoss, PyTorch documentation: the input is expected to contain log-probabilities
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(9, 20)
        self.fc2 = nn.Linear(20, 4)

    def forward(self, x):
        return self.fc2(F.relu(self.fc1(x)))


net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
for batch_idx in range(5):
    data = torch.randn(16, 9)
    target = data[:, :4].argmax(1)
    optimizer.zero_grad()
    loss = F.nll_loss(net(data), target)
    loss.backward()
    optimizer.step()
    print(batch_idx, loss.item())
