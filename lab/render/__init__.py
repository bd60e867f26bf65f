"""The render room: a plan in, one folder of files out."""
