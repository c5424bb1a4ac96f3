# expect: BT410 at update 1
# line: nn.LogSoftmax(dim=-1)
# source: torch.nn.NLLLoss, PyTorch documentation
import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Sequential(
    nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 2), nn.ReLU(), nn.LogSoftmax(dim=-1)
)
optimizer = torch.optim.RMSprop(policy.parameters(), lr=0.005)
for episode in range(5):
    states = torch.randn(20, 4)
    wanted = (states[:, 1] > 0).long()
    scores = policy(states)
    loss = nn.functional.nll_loss(scores, wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
