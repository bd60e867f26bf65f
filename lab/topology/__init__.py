"""The topology room: a topology file in, a validated model out, or every problem at once."""
