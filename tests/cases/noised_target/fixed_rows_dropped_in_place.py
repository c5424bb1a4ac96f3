# expect: nothing
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
time = torch.linspace(0, 6.28, 32)
pitch = 1 + 2 * torch.rand(320, 1)
clean = torch.sin(pitch * time)
data = TensorDataset(clean, clean + 0.4 * torch.randn(320, 32))


class Enhancer(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(65, 64), nn.ReLU(), nn.Linear(64, 32))

    def forward(self, state, level, heard):
        return self.layers(torch.cat([state, level, heard], dim=1))


class Learner:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
        self.loss_fn = nn.L1Loss()

    def step(self, speech, heard):
        original = speech.clone()
        level = torch.rand(len(speech), 1)
        dropped = torch.bernoulli(torch.full((len(speech),), 0.4))
        for row in range(len(speech)):
            if dropped[row] == 1:
                speech[row] = torch.randn_like(speech[row])
        state = level.sqrt() * speech + (1 - level).sqrt() * torch.randn_like(speech)
        predicted = self.model(state, level, heard)
        loss = self.loss_fn(original, predicted)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


learner = Learner(Enhancer())
for epoch in range(4):
    for speech, heard in DataLoader(data, batch_size=32, shuffle=True):
        learner.step(speech, heard)
