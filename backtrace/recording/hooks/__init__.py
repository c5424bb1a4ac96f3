"""The tools that sensors change torch with: the only folder that does, and it undoes it all.

Official hooks come first: the optimizers' global step hooks, the leaf tensors' gradient hooks,
the modules' forward and registration hooks. What has no hook is wrapped. Whatever goes wrong in
what a sensor does stays here: the user's training goes on, and the trace says once what is missing.
"""
