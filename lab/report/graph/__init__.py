"""The graph: members and the links between them, as a picture."""
