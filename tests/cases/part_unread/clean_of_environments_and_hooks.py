# expect: nothing
# What an environment returns is looked at in part; a hook is given what it is given; a loop over
# batches counts them.
import torch
from torch import nn

torch.manual_seed(0)


class Walk:
    def step(self, action):
        return torch.randn(4), float(action), False, {}


walk, policy = Walk(), nn.Linear(4, 2)
optimizer = torch.optim.SGD(policy.parameters(), lr=1e-2)


def watch(module):
    def hook(module, mask, output):
        return None

    module.register_forward_hook(hook)


watch(policy)
batches = [(torch.randn(8, 4), torch.ones(8)) for _ in range(12)]
print(sum(1 for inputs, mask in batches))
for inputs, weights in batches:
    choice = torch.distributions.Categorical(logits=policy(inputs))
    actions = choice.sample()
    rewards = []
    for action in actions:
        state, reward, done, info = walk.step(int(action))
        rewards.append(reward - 0.5)
    loss = -(choice.log_prob(actions) * torch.tensor(rewards) * weights).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
