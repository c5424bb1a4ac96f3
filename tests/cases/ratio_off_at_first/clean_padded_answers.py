# expect: nothing
# The old log-probabilities of padding are nought, and a mask takes the ratios there out.
import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(nn.Embedding(20, 16), nn.Linear(16, 20))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)


def log_probs_of(ids):
    scores = model(ids[:, :-1]).log_softmax(-1)
    return scores.gather(-1, ids[:, 1:, None]).squeeze(-1)


for _ in range(3):
    ids = torch.randint(1, 20, (16, 10))
    lengths = torch.randint(3, 9, (16, 1))
    mask = (torch.arange(9) < lengths).float()
    with torch.no_grad():
        old = log_probs_of(ids) * mask
    advantage = torch.randn(16, 1)
    for _ in range(3):
        ratio = (log_probs_of(ids) - old).exp()
        terms = torch.max(-advantage * ratio, -advantage * ratio.clamp(0.8, 1.2))
        loss = (terms * mask).sum() / mask.sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
