"""The importing room: somebody's configuration becomes a topology that reproduces it."""
