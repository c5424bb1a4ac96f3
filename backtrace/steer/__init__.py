"""What an experiment changes in a running loop, tells in the trace, and undoes."""
