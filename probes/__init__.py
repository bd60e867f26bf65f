"""One attempt on one connection, from where its node stands.

The package imports nothing of the lab: the same files run in the prober container, in a sidecar
and on the host.
"""
