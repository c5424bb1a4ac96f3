"""The vocabulary of a lesson's front matter: what can be read, chosen and shown of a run."""
