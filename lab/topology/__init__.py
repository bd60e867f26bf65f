"""The topology room: a topology file in, a validated model out, every problem at once at its key path."""
