"""What is shown where a run was stopped: the helper at the prompt, and the words."""
