"""The distributions room: a product's own files on this machine, read and never changed."""
