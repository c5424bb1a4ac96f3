# expect: nothing
# The generator of a minimax game raises what the judge lowers.
import torch
from torch import nn

torch.manual_seed(0)
generator = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2))
judge = nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
to_judge = torch.optim.Adam(judge.parameters(), lr=1e-3)
to_make = torch.optim.Adam(generator.parameters(), lr=1e-3, maximize=True)
score = nn.BCEWithLogitsLoss()
for _ in range(6):
    made = generator(torch.randn(16, 3))
    loss = score(judge(torch.randn(16, 2) + 2), torch.ones(16, 1))
    loss = loss + score(judge(made.detach()), torch.zeros(16, 1))
    to_judge.zero_grad()
    loss.backward()
    to_judge.step()
    to_make.zero_grad()
    score(judge(made), torch.zeros(16, 1)).backward()
    to_make.step()
