# expect: nothing
"""The value after the last step is bootstrapped, and a list of next states is kept unread."""

import torch
from torch import nn

torch.manual_seed(0)
critic = nn.Linear(3, 1)
optimizer = torch.optim.Adam(critic.parameters(), lr=1e-2)
state = torch.randn(3)
for update in range(6):
    states, rewards, next_states = [], [], []
    for _ in range(8):
        following = 0.9 * state + 0.3 * torch.randn(3)
        states.append(state.tolist())
        rewards.append(float(following.sum()))
        next_states.append(following.tolist())
        state = following
    seen = torch.tensor(states)
    following_state = torch.as_tensor(following)
    with torch.no_grad():
        total, returns = critic(following_state).item(), []
    for reward in reversed(rewards):
        total = reward + 0.9 * total
        returns.insert(0, total)
    loss = nn.functional.mse_loss(critic(seen).squeeze(1), torch.tensor(returns))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
