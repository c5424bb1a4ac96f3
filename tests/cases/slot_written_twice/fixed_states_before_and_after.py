# expect: nothing
# source: github.com/openai/spinningup, issue 50: what a slot of the buffer holds is of another step than the rest of it
import torch
from torch import nn

torch.manual_seed(0)
policy, critic = nn.Linear(3, 2), nn.Linear(3, 1)
optimizer = torch.optim.Adam([*policy.parameters(), *critic.parameters()], lr=1e-2)


def move(state, action):
    """A walk on a line whose episodes end at random, and begin anew."""
    ended = torch.rand(4) < 0.2
    moved = state + 0.1 * action[:, None] + 0.1 * torch.randn(4, 3)
    return torch.where(ended[:, None], torch.zeros(4, 3), moved), moved[:, 0], ended.float()


states, actions = torch.zeros(8, 4, 3), torch.zeros(8, 4)
rewards, dones = torch.zeros(8, 4), torch.zeros(8, 4)
state, done = torch.zeros(4, 3), torch.zeros(4)
for _ in range(4):
    for step in range(8):
        states[step] = state
        dones[step] = done
        with torch.no_grad():
            action = torch.distributions.Categorical(logits=policy(state)).sample()
        actions[step] = action
        state, reward, done = move(state, action)
        rewards[step] = reward
    with torch.no_grad():
        values = critic(states).squeeze(-1)
        last, total = critic(state).squeeze(-1), torch.zeros(4)
        returns = torch.zeros(8, 4)
        for t in reversed(range(8)):
            goes_on = 1 - (done if t == 7 else dones[t + 1])
            total = rewards[t] + 0.9 * goes_on * (last if t == 7 else total)
            returns[t] = total
    chosen = torch.distributions.Categorical(logits=policy(states)).log_prob(actions)
    gain = (chosen * (returns - values)).mean()
    loss = nn.functional.mse_loss(critic(states).squeeze(-1), returns) - gain
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
