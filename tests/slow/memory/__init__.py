"""Hands every importer huge and hostile files, and measures what memory that takes."""
