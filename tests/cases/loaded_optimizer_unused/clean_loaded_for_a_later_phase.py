# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
body, head = nn.Linear(4, 8), nn.Linear(8, 2)
later = torch.optim.Adam(body.parameters(), lr=1e-2)
later.load_state_dict(torch.optim.Adam(nn.Linear(4, 8).parameters(), lr=1e-2).state_dict())
optimizer = torch.optim.Adam(head.parameters(), lr=1e-2)
for _ in range(4):
    x = torch.randn(32, 4)
    optimizer.zero_grad()
    nn.functional.cross_entropy(head(body(x).detach()), (x[:, 0] > 0).long()).backward()
    optimizer.step()
