"""A training with what `faulty_training.py` lacks, which benchmarks/faults.py runs with --more."""

import copy
import io

import torch
from torch import nn
from torch.nn import functional
from torch.optim.swa_utils import AveragedModel
from torch.utils.checkpoint import checkpoint
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)


class Reader(nn.Module):
    """Words into two classes, by attention, a recurrent layer and a sampled code."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(9, 4, padding_idx=0)
        self.encode = nn.TransformerEncoderLayer(4, 2, 8, dropout=0.1, batch_first=True)
        self.recur = nn.LSTM(4, 4, batch_first=True)
        self.mean, self.log_var = nn.Linear(4, 4), nn.Linear(4, 4)
        self.head = nn.Linear(4, 2)
        self.head.register_buffer("seen", torch.zeros(()))

    def forward(self, words):
        """Return the logits, and how far the code is from a standard normal one."""
        masked = words == 0
        x = self.encode(self.embed(words), src_key_padding_mask=masked)
        x = checkpoint(lambda given: self.recur(given)[0], x, use_reentrant=False)
        x = x.masked_fill(masked.unsqueeze(-1), 0).sum(1) / (~masked).sum(1, keepdim=True)
        mean, log_var = self.mean(x), self.log_var(x)
        code = mean + torch.randn_like(mean) * (log_var / 2).exp()
        kl = -0.5 * (1 + log_var - mean.square() - log_var.exp()).sum(1).mean()
        return self.head(code), kl


words = torch.randint(1, 9, (12, 5))
words[:, 3:] = 0
trained, held_out = random_split(TensorDataset(words, words[:, 0] % 2), [8, 4])
model = Reader()
nn.init.xavier_uniform_(model.head.weight)
averaged = AveragedModel(model)
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.1)
warm = torch.optim.lr_scheduler.LinearLR(optimizer, total_iters=2)
plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, mode="min", patience=0)
best, kept = float("inf"), None
for _ in range(2):
    model.train()
    for inputs, targets in DataLoader(trained, batch_size=4, shuffle=True):
        optimizer.zero_grad(set_to_none=False)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits, kl = model(inputs)
            fit = functional.cross_entropy(logits.float(), targets, label_smoothing=0.1)
        loss = fit + 0.1 * kl
        loss.backward()
        total = torch.stack([p.grad.norm() for p in model.parameters() if p.grad is not None])
        nn.utils.clip_grad_value_(model.parameters(), 0.5)
        optimizer.step()
        averaged.update_parameters(model)
        warm.step()
    model.eval()
    with torch.no_grad():
        losses = [functional.cross_entropy(model(x)[0], y) for x, y in DataLoader(held_out)]
    mean = float(torch.stack(losses).mean())
    plateau.step(mean)
    if mean < best:
        best, kept = mean, copy.deepcopy(model.state_dict())
file = io.BytesIO()
torch.save({"model": kept, "optimizer": optimizer.state_dict()}, file)
file.seek(0)
loaded = torch.load(file)
model.load_state_dict(loaded["model"])
optimizer.load_state_dict(loaded["optimizer"])
for parameter in model.encode.parameters():
    parameter.requires_grad_(False)
critic = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
slow = torch.optim.LBFGS(critic.parameters(), lr=0.1, max_iter=2)
point = torch.randn(4, 2, requires_grad=True)


def closure():
    """Hold the slope to 1, as a gradient penalty does."""
    slow.zero_grad()
    (slope,) = torch.autograd.grad(critic(point).sum(), point, create_graph=True)
    loss = (slope.norm(dim=1) - 1).square().mean() + critic(point).square().mean()
    loss.backward()
    return loss


slow.step(closure)
parts = nn.GRUCell(2, 2), nn.Bilinear(2, 2, 1)
state = torch.zeros(4, 2)
for _ in range(2):
    state = parts[0](point, state)
score = functional.kl_div(state.log_softmax(1), point.detach().softmax(1), reduction="batchmean")
(score + parts[1](point, state).mean()).backward()
for part in parts:
    for parameter in part.parameters():
        parameter.data -= 0.1 * parameter.grad
        parameter.grad = None
try:
    functional.nll_loss(critic(point), torch.zeros(4, dtype=torch.long)).backward(inputs=[state])
except RuntimeError:
    model.zero_grad()
(model.head.weight * float("inf")).sum().backward()
optimizer.step()
tensors = [*model.state_dict().values(), *averaged.parameters(), *critic.parameters()]
tensors += [each for part in parts for each in part.parameters()]
result = [repr(each.tolist()) for each in (*tensors, torch.get_rng_state())]
