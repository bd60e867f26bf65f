"""The plan room: what shall exist, made of a topology and the facts of its product."""
