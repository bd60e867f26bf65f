"""The 2.x line's files as they are before anything is edited: for nodes without a distribution."""
