"""What to do about an operation that let no gradient through, by what the recording calls it."""

from __future__ import annotations

RELU = "a ReLU given nothing above 0"  # what the recording calls one whose output is all zeros
_ADVICE = {
    "a softmax over the only": "{} is 1 whatever it is given: give it several to weigh, or do "
    "without it and without what scores them",
    "a softmax": "{} is 1 whatever it is given: take the softmax over the axis that has several",
    "a clamp": "beyond its bounds a clamp passes no gradient on: begin within them, bound smoothly "
    "(sigmoid, tanh), or clamp only where nothing is trained",
    RELU: "leave the ReLU out where it ends the network; elsewhere look at the bias and the scale "
    "of the layer before it, or use a LeakyReLU: below 0 it passes no gradient on",
    "a multiplication": "do without {}, whose gradient is zero everywhere",
}
_ADVICE["a hardtanh"] = _ADVICE["a clamp"]
_DRAWN = (
    "{} draws numbers, and passes no gradient on to what they are drawn from: draw them by "
    "mean + std * torch.randn_like(std), as Normal(mean, std).rsample() does, or take the "
    "log-probability of what was drawn"
)
_COUNTED = (
    "{} draws numbers, and passes no gradient on to what they are drawn from: take the "
    "log-probability of what was drawn, or what is expected in place of a draw"
)
_ADVICE |= {"NormalBackward": _DRAWN, "BernoulliBackward": _COUNTED, "PoissonBackward": _COUNTED}
_NO_SLOPE = (
    "{} has no slope anywhere: give it one, such as x + (x.round() - x).detach(), or do without it"
)


def advise(label: str) -> str:
    """Return what to do; `label` is a key of `GraphSeen.flat`, or "a multiplication by 0"."""
    found = (advice for kind, advice in _ADVICE.items() if label.startswith(kind))
    return next(found, _NO_SLOPE).format(label)
