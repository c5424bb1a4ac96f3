# expect: BT477 at update 1
# source: github.com/huiserwang/ContrastMask, issue 4 (a division by the temperature was forgotten)
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
encoder = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 16))
optimizer = torch.optim.SGD(encoder.parameters(), lr=0.1)
data = torch.randn(64, 8)
tau = 0.2
off_diagonal = ~torch.eye(16, dtype=torch.bool)
for _ in range(6):
    rows = data[torch.randperm(64)[:16]]
    q = F.normalize(encoder(rows + 0.2 * torch.randn(16, 8)), dim=1)
    k = F.normalize(encoder(rows + 0.2 * torch.randn(16, 8)), dim=1)
    sim = torch.matmul(q, k.t())
    near = sim.diag().unsqueeze(1)
    far = sim[off_diagonal].view(16, -1)
    near = near / tau
    loss = F.cross_entropy(torch.cat((near, far), 1), torch.zeros(16, dtype=torch.long))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
