"""Key validation over thrift, the 2.x line's default between gateway and key manager."""
