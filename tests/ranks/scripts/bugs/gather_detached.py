# A contrastive loss over all ranks' texts: all_gather gives no gradient to the text tower.
# expect: BT204 parameter=text update=1
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

dist.init_process_group("gloo")
rank, world = dist.get_rank(), dist.get_world_size()
torch.manual_seed(0)


class Towers(nn.Module):
    def __init__(self):
        super().__init__()
        self.image = nn.Linear(8, 16)
        self.text = nn.Linear(8, 16)

    def forward(self, image, text):
        return self.image(image), self.text(text)


net = DistributedDataParallel(Towers(), find_unused_parameters=True)
adam = torch.optim.Adam(net.parameters(), lr=0.01)
noise = torch.Generator().manual_seed(rank)
labels = torch.arange(8) + 8 * rank
for _ in range(8):
    x = torch.randn(8, 8, generator=noise)
    adam.zero_grad()
    image, text = net(x, x + 0.1 * torch.randn(8, 8, generator=noise))
    texts = [torch.zeros_like(text) for _ in range(world)]
    dist.all_gather(texts, text.detach())
    # fix: texts[rank] = text
    nn.functional.cross_entropy(image @ torch.cat(texts).T, labels).backward()
    adam.step()
dist.destroy_process_group()
