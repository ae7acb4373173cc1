"""Tendero: answers a shop's customers from the shop's own data."""

__version__ = "0.1.0"
