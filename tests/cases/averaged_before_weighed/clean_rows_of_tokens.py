# expect: nothing
# Each text has a mean over its own tokens, and a reward; besides, two tasks have two weights.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
model = nn.Linear(5, 7)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
tasks = torch.tensor([1.0, 0.3])
for _ in range(8):
    x = torch.randn(8, 6, 5)
    logits = model(x)
    tokens = x.argmax(-1)
    log_probs = logits.log_softmax(-1).gather(-1, tokens[..., None]).squeeze(-1).mean(1)
    rewards = x.mean((1, 2))
    both = torch.stack(
        [F.cross_entropy(logits.flatten(0, 1), tokens.flatten()), logits.pow(2).mean()]
    )
    loss = -(log_probs * rewards).mean() + (both * tasks).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
