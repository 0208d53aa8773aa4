"""Fact tables and other data that ship with the package."""
