# expect: BT445 at update 1
# source: github.com/vietnh1009/Super-mario-bros-PPO-pytorch, issue 21
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(1)


def compute_gae(next_value, rewards, masks, values, gamma=0.99, tau=0.95):
    values = [*values, next_value]
    gae, returns = 0, []
    for step in reversed(range(len(rewards))):
        delta = rewards[step] + gamma * values[step + 1] - values[step]
        gae = delta + gamma * tau * gae
        returns.insert(0, gae + values[step])
    return returns


actor, critic = nn.Linear(3, 2), nn.Linear(3, 1)
optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters()], lr=1e-3)
state = torch.randn(8, 3)
for _ in range(6):
    log_probs, values, rewards, masks = [], [], [], []
    for _ in range(16):
        choice, value = Categorical(logits=actor(state)), critic(state)
        action = choice.sample()
        rewards.append((action == (state[:, 0] > 0)).float()[:, None])
        masks.append((torch.rand(8, 1) > 0.1).float())
        log_probs.append(choice.log_prob(action)[:, None])
        values.append(value)
        state = torch.randn(8, 3)
    returns = compute_gae(critic(state), rewards, masks, values)
    advantage = torch.cat(returns).detach() - torch.cat(values)
    loss = -(torch.cat(log_probs) * advantage.detach()).mean() + advantage.pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
