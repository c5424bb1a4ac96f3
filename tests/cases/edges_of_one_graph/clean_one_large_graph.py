# expect: nothing
# One graph whose last nodes have no edge; and graphs that are summed up to one row each.
import torch
from torch import nn

torch.manual_seed(0)
first, second, head = nn.Linear(4, 8), nn.Linear(8, 8), nn.Linear(8, 1)
parameters = [*first.parameters(), *second.parameters(), *head.parameters()]
optimizer = torch.optim.Adam(parameters, lr=1e-2)
x = torch.randn(24, 4)
start = torch.randint(0, 6, (40,))
end = torch.randint(0, 6, (40,))
of_graph = torch.arange(4).repeat_interleave(6)
wanted = x.view(4, 6, 4)[..., 0].sum(1, keepdim=True)
for _ in range(8):
    hidden = first(x).relu()
    hidden = hidden + torch.zeros_like(hidden).index_add(0, end, hidden[start])
    hidden = second(hidden).relu()
    summed = torch.zeros(4, 8).index_add(0, of_graph, hidden)
    loss = nn.functional.mse_loss(head(summed), wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
