"""Images of nodes that run the product: a distribution on a JDK, prepared for a role."""
