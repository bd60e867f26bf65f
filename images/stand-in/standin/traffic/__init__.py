"""API traffic: what a gateway does with a call, a traffic manager with what it is told."""
