# expect: nothing
# Instances of a bag are weighed against each other, and nothing of a row is picked.
import torch
from torch import nn

torch.manual_seed(0)
embed = nn.Linear(6, 16)
weigh = nn.Linear(16, 2)
judge = nn.Linear(32, 1)
parameters = [*embed.parameters(), *weigh.parameters(), *judge.parameters()]
optimizer = torch.optim.Adam(parameters, lr=0.01)
for bag in range(60):
    x = torch.randn(5 + bag % 4, 6)
    wanted = (x[:, 0].max() > 1.3).float().reshape(1)
    hidden = torch.tanh(embed(x))
    shares = torch.softmax(weigh(hidden), 0)
    pooled = (shares.T @ hidden).reshape(-1)
    loss = nn.functional.binary_cross_entropy_with_logits(judge(pooled), wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
