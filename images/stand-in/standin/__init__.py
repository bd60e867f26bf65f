"""The stand-in node: reads a node's real configuration, answers on its ports as the product."""
