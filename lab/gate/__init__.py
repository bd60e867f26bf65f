"""The gate: links in, results over time out, until healthy, hopeless or late. Only here anything waits."""
