# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 3), nn.Softmax(dim=-1))
optimizer = torch.optim.Adam(policy.parameters(), lr=0.01)
right = torch.randn(4, 3)


def play(steps):
    """Act in states of chance: an action is worth what a fixed table says of it."""
    states = torch.randn(steps, 4)
    with torch.no_grad():
        actions = torch.stack([policy(state).multinomial(1)[0] for state in states])
    rewards = (states @ right).gather(1, actions[:, None])[:, 0]
    return states, actions, rewards


for episode in range(30):
    states, actions, rewards = play(20 + episode % 3)
    picked = policy(states).gather(1, actions[:, None]).squeeze(1)
    loss = -(torch.log(picked) * (rewards - rewards.mean())).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
