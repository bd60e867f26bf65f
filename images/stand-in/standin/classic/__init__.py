"""The 2.x line: API Manager 2.1 and IS 5.3 as its key manager, on their own XML files."""
