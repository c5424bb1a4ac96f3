# expect: BT427 at update 1
# source: github.com/MrSyee/pg-is-all-you-need, issue 37: the sign of the entropy
import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(6, 32), nn.ReLU())
        self.policy = nn.Linear(32, 4)
        self.value = nn.Linear(32, 1)

    def forward(self, x):
        hidden = self.body(x)
        return self.policy(hidden), self.value(hidden).squeeze(1)


def loss_of(model, states, actions, returns, entropy_coef=0.01):
    logits, values = model(states)
    probs, log_probs = F.softmax(logits, dim=1), F.log_softmax(logits, dim=1)
    advantages = returns - values.detach()
    chosen_log_probs = log_probs.gather(1, actions).squeeze(1)
    entropy = -(probs * log_probs).sum(dim=1).mean()
    policy_loss = -(chosen_log_probs * advantages).mean()
    value_loss = F.mse_loss(values, returns)
    return policy_loss + 0.5 * value_loss + entropy_coef * entropy


model = ActorCritic()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for step in range(60):
    states = torch.randn(32, 6)
    with torch.no_grad():
        actions = model(states)[0].softmax(1).multinomial(1)
    returns = (states[:, :4].argmax(1) == actions.squeeze(1)).float()
    loss = loss_of(model, states, actions, returns)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
