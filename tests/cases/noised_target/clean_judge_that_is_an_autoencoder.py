# expect: nothing
# A judge that gives back what it is given, as in BEGAN: what is made of noise is its target.
import torch
from torch import nn


class DenoisedPictures(torch.utils.data.Dataset):
    def __len__(self):
        return 320

    def __getitem__(self, at):
        return torch.rand(8, generator=torch.Generator().manual_seed(at))


torch.manual_seed(0)
maker = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 8))
judge = nn.Sequential(nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 8))
of_maker = torch.optim.Adam(maker.parameters(), 1e-3)
of_judge = torch.optim.Adam(judge.parameters(), 1e-3)
for real in torch.utils.data.DataLoader(DenoisedPictures(), batch_size=16):
    noise = torch.randn(16, 4)
    fake = maker(noise).detach()
    again = judge(fake)
    loss = (judge(real) - real).abs().mean() - 0.1 * (again - fake).abs().mean()
    of_judge.zero_grad()
    loss.backward()
    of_judge.step()
    fake = maker(noise)
    of_maker.zero_grad()
    (judge(fake) - fake).abs().mean().backward()
    of_maker.step()
