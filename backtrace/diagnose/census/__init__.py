"""Who learned: what reached and moved every tensor of a run, and what that makes of it."""
