"""Operators' use cases around the site: how it is, saving and restoring it, and tidying up."""
