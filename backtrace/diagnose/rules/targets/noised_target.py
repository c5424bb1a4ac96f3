"""A denoising model is compared with its own noised input: it learns no denoising.

## What it sees
In the source of a file that calls a model and whose names tell of denoising: `x = x + noise`, or
`x = add_noise(x)`, after which the model is given `x`, and its output is compared with `x` or with
what is made of it by a change of shape. Nothing keeps what `x` was, and nothing else is compared
with. Also `noisy = x + noise`, or `q_sample(x, t, noise)`, after which what a model makes of
`noisy` is compared with `noisy`, and nothing else, and nothing reads the noise that was drawn.
Also, whatever the names tell of, `x[mask] = 0` or `x[i] = noise` of what is drawn, after which the
model is given `x`, and its output is compared with `x`, of which there is no copy.

## Why it matters
The target has the noise that the model should take away. Handing on the input is the best answer,
and learned at once: the loss is lower than that of a model that denoises, and the output is as
noisy as the input.

## Example
    img = img + 0.4 * torch.randn_like(img)
    loss = criterion(model(img), img)

## Instead
    noisy = img + 0.4 * torch.randn_like(img)
    loss = criterion(model(noisy), img)

## When it is intended
To train an autoencoder on data that are jittered, or a network with blind spots on noisy images
alone: nothing is said where names do not tell of denoising, or tell of such a network.

## Source
github.com/YixinChen-AI/CVAE-GAN-zoos-PyTorch-Beginner, issue 13; github.com/keon/3-min-pytorch,
issue 18; github.com/EDAPINENUT/GNTPP, issue 5; P. Vincent and others, "Extracting and Composing
Robust Features with Denoising Autoencoders", 2008, section 2.3; github.com/ICDM-UESTC/DOSE, pull
request 2; github.com/vishalned/MMEarth-train, issue 7.
"""

from __future__ import annotations

from collections.abc import Iterator

from backtrace.diagnose.needs import FACTS
from backtrace.diagnose.rule import Judgement, Rule
from backtrace.diagnose.stretch import Stretch
from backtrace.ledger.source_facts import SlipSeen


def check(run: Stretch) -> Iterator[Judgement]:
    """Give each line that writes over such a target, or takes the wrong one."""
    for event in run.of(SlipSeen):
        if event.kind == "noised-target":
            yield RULE.found(
                f"{event.name} is written over with its noised self, and {event.beside} compares "
                "the model's output with that: the target has the noise as well",
                f"give what is noised another name, and keep {event.name} for the loss",
                run.update_at(event),
                event.where,
            )
        elif event.kind == "target-overwritten":
            yield RULE.found(
                f"{event.name} is written into in place, and {event.beside} compares the model's "
                "output with it: the target is corrupted as well",
                f"keep a copy for the loss before: target = {event.name}.clone()",
                run.update_at(event),
                event.where,
            )
        elif event.kind == "noised-compared":
            yield RULE.found(
                f"{event.beside} compares what the model makes of {event.name} with {event.name} "
                "itself: to hand it on is the best answer, and nothing asks for the noise in it",
                "compare with the noise that was added, if the model is to tell that, or with what "
                "it was added to",
                run.update_at(event),
                event.where,
            )


RULE = Rule("BT561", "noised-target", "warning", check, __doc__, needs=(FACTS,))
