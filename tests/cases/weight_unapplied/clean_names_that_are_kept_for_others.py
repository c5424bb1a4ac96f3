# expect: nothing
# Weights of other terms than those that are added, of a loss that scales them where they are made.
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
L1_WEIGHT, ENTROPY_COEF = 1e-3, 0.01


class Actor(nn.Module):
    def __init__(self, value_coef=0.5, entropy_coef=ENTROPY_COEF):
        super().__init__()
        self.value_coef = value_coef
        self.entropy_coef = entropy_coef
        self.body, self.value = nn.Linear(6, 3), nn.Linear(6, 1)

    def forward(self, x):
        return self.body(x).log_softmax(-1), self.value(x).squeeze(1)


def weigh(model):
    return {"value": model.value_coef, "entropy": model.entropy_coef}


model = Actor()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
for _ in range(8):
    x = torch.randn(32, 6)
    gain, coefs = (x[:, 0] > 0).float(), weigh(model)
    log_probs, values = model(x)
    taken = log_probs.detach().exp().multinomial(1)
    policy_loss = -(log_probs.gather(1, taken).squeeze(1) * (gain - values.detach())).mean()
    value_loss = F.mse_loss(values, gain) * coefs["value"]
    entropy = coefs["entropy"] * (log_probs.exp() * log_probs).sum(1).mean()
    l1 = L1_WEIGHT * sum(w.abs().sum() for w in model.parameters())
    loss = policy_loss + value_loss + entropy + l1
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
