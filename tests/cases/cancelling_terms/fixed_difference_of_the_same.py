# expect: nothing
import torch

torch.manual_seed(0)
critic = torch.nn.Sequential(
    torch.nn.Linear(3, 10), torch.nn.LeakyReLU(0.2), torch.nn.Linear(10, 1)
)
generator = torch.nn.Linear(2, 3)
opt = torch.optim.RMSprop(critic.parameters(), lr=5e-4)
for _ in range(4):
    real = torch.randn(16, 3)
    fake = generator(torch.randn(16, 2)).detach()
    loss = critic(fake).mean() - critic(real).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    for p in critic.parameters():
        p.data.clamp_(-0.01, 0.01)
