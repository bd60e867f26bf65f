"""The wiring room: the files that the nodes read in, every connection they name out."""
