# expect: BT430 at update 3
# source: "Loss increases with maximize=True", discuss.pytorch.org
import torch
from torch import nn
from torch.distributions import Categorical

torch.manual_seed(0)
policy = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(policy.parameters(), lr=1e-2, maximize=True)
kept = {name: value.clone() for name, value in policy.state_dict().items()}
for at in range(8):
    state = torch.randn(32, 4)
    choice = Categorical(logits=policy(state))
    action = choice.sample()
    gain = (action == state[:, :3].argmax(1)).float()
    advantage = gain - gain.mean()
    loss = -(choice.log_prob(action) * advantage).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if at == 5:
        policy.load_state_dict(kept)  # begun anew
