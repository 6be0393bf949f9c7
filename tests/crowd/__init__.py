"""Many people at once on one site, and what must be true when they are gone."""
