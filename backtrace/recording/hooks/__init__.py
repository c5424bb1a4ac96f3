"""The hooks and patches around torch: the only folder that changes torch, and it undoes it all.

Official hooks come first: the optimizers' global step hooks, the leaf tensors' gradient hooks,
the modules' forward and registration hooks. What has no hook is wrapped, one file a family, all
through `Patches`. Whatever goes wrong in the observer stays here: the user's training goes on,
and the observer is told once that it lost sight.
"""

from backtrace.recording.hooks.apparatus import Instrument, count_compiled_graphs

__all__ = ["Instrument", "count_compiled_graphs"]
