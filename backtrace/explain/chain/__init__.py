"""The chain rule over the calls of one forward: what they were given, and each one's gradients."""
