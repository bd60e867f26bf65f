"""The verbs: one file each, a straight run through the rooms."""
