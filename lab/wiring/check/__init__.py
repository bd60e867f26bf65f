"""The static check: every file's links against what the other nodes serve, one file a concern."""
