# expect: nothing
# Log-probabilities are logits, too; and the largest of scores is taken off by hand.
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(policy.parameters(), lr=5e-3)
for _ in range(8):
    states = torch.randn(16, 4)
    chances = policy(states).softmax(1)
    dist = Categorical(logits=chances.log())
    actions = dist.sample()
    rewards = (actions == states[:, :3].argmax(1)).float()
    scores = policy(states)
    by_hand = (scores - scores.logsumexp(1, keepdim=True))[torch.arange(16), actions]
    surprise = (chances - chances.logsumexp(0, keepdim=True)).mean()
    score = ((dist.log_prob(actions) + by_hand) * (rewards - rewards.mean())).mean()
    loss = -score + 0.001 * surprise
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
