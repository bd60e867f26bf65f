"""The products room: the facts of each product line as tables."""
