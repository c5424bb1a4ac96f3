# expect: BT553 at update 1
# source: "Reinforcement Learning (DQN) Tutorial", pytorch.org
import random
from collections import deque, namedtuple

import torch
import torch.nn.functional as F
from torch import nn

Transition = namedtuple("Transition", ("state", "action", "next_state", "reward", "done"))


class DQN(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer1, self.layer2 = nn.Linear(4, 32), nn.Linear(32, 2)

    def forward(self, x):
        return self.layer2(F.relu(self.layer1(x)))


random.seed(0)
torch.manual_seed(0)
policy_net, target_net = DQN(), DQN()
target_net.load_state_dict(policy_net.state_dict())
optimizer = torch.optim.Adam(policy_net.parameters(), lr=1e-3)
memory = deque(maxlen=500)


def optimize_model():
    batch = Transition(*zip(*random.sample(memory, 32), strict=True))
    state_batch, next_batch = torch.stack(batch.state), torch.stack(batch.next_state)
    action_batch = torch.tensor(batch.action)[:, None]
    reward_batch, done_batch = torch.tensor(batch.reward), torch.tensor(batch.done)
    state_action_values = policy_net(state_batch).max(1)[0]
    with torch.no_grad():
        next_values = target_net(next_batch).max(1)[0]
    expected = reward_batch + 0.99 * next_values * (1 - done_batch)
    loss = F.smooth_l1_loss(state_action_values, expected)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return state_action_values.mean().item(), action_batch.shape


state = torch.randn(4)
for step in range(60):
    action = random.randrange(2)
    if random.random() > 0.2:
        action = int(policy_net(state[None]).argmax(1))
    following, reward = torch.randn(4), float(action == int(state[0] > 0))
    memory.append(Transition(state, action, following, reward, float(step % 10 == 9)))
    state = following
    if len(memory) >= 32:
        optimize_model()
    if step % 20 == 0:
        target_net.load_state_dict(policy_net.state_dict())
