"""Brings a visitor's films from elsewhere and takes them out again: read, match, show, write, undo, export."""
