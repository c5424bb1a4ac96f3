# expect: nothing
import torch
from torch import nn

torch.manual_seed(0)
ENVS, STEPS, GAMMA = 4, 16, 0.95


class Lines:
    def __init__(self):
        self.at = torch.zeros(ENVS)

    def look(self):
        return torch.stack([self.at / 4, torch.ones(ENVS)], 1)

    def step(self, moves):
        self.at = self.at + moves
        done = (self.at >= 4).float()
        self.at = self.at * (1 - done)
        return self.look(), done, done


policy, value_of = nn.Linear(2, 2), nn.Linear(2, 1)
opt = torch.optim.SGD([*policy.parameters(), *value_of.parameters()], lr=0.05)
envs = Lines()
state, ended = envs.look(), torch.zeros(ENVS)
for _ in range(6):
    states, moves = torch.zeros(STEPS, ENVS, 2), torch.zeros(STEPS, ENVS, dtype=torch.long)
    rewards, dones = torch.zeros(STEPS, ENVS), torch.zeros(STEPS, ENVS)
    for step in range(STEPS):
        states[step] = state
        dones[step] = ended
        with torch.no_grad():
            moves[step] = torch.distributions.Categorical(logits=policy(state)).sample()
        state, reward, ended = envs.step(moves[step])
        rewards[step] = reward
    with torch.no_grad():
        values, last = value_of(states).squeeze(-1), value_of(state).squeeze(-1)
        advantages, carried = torch.zeros(STEPS, ENVS), torch.zeros(ENVS)
        for t in range(STEPS - 1, -1, -1):
            if t == STEPS - 1:
                on, after = 1 - ended, last
            else:
                on, after = 1 - dones[t + 1], values[t + 1]
            carried = rewards[t] + GAMMA * after * on - values[t] + GAMMA * 0.9 * on * carried
            advantages[t] = carried
    told = torch.distributions.Categorical(logits=policy(states)).log_prob(moves)
    error = nn.functional.mse_loss(value_of(states).squeeze(-1), advantages + values)
    loss = error - (told * advantages).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
