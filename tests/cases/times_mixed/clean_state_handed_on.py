# expect: nothing
# The state takes the next one's place before it is valued; a critic learns of pairs one after another;
# and a policy is to do alike in states one after another.
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
gamma = 0.95
actor = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 2), nn.Tanh())
layers = nn.Sequential(nn.Linear(5, 16), nn.ReLU(), nn.Linear(16, 1))
actor_opt = torch.optim.Adam(actor.parameters(), lr=1e-3)
critic_opt = torch.optim.Adam(layers.parameters(), lr=1e-3)


def critic(state, action):
    return layers(torch.cat([state, action], 1))


def walk(state, steps=4):
    total = torch.zeros(1, 1)
    for _ in range(steps):
        next_state = 0.9 * state + 0.1 * actor(state).mean(1, keepdim=True)
        next_action = actor(next_state)
        state = next_state
        total = gamma * total + gamma * critic(state, next_action)
    return total


def alike(states, next_states):
    actions, next_actions = actor(states), actor(next_states)
    return F.mse_loss(actions, next_actions)


state = torch.randn(16, 3)
action = actor(state).detach()
for _ in range(6):
    next_state = 0.9 * state + 0.1 * action.mean(1, keepdim=True)
    reward = -next_state.square().mean(1, keepdim=True)
    with torch.no_grad():
        next_action = actor(next_state)
        target = reward + gamma * critic(next_state, next_action)
    loss = F.mse_loss(critic(state, action), target)
    critic_opt.zero_grad()
    loss.backward()
    critic_opt.step()
    state, action = next_state, next_action
    loss = 0.1 * alike(state, state + 0.01 * torch.randn(16, 3)) - walk(torch.randn(4, 3)).mean()
    actor_opt.zero_grad()
    loss.backward()
    actor_opt.step()
