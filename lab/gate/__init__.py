"""The gate waits: links are probed from their own nodes until healthy, hopeless or late."""
