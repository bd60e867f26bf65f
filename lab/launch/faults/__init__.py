"""Faults that are put into a running lab on purpose, and healed whatever happens."""
