"""Brings up a whole WSO2 API Manager cluster on one machine and proves that it is wired right."""

__version__ = "0.1.0"
