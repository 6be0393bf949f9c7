"""Listens to the catalogue."""
