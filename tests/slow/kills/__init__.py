"""Kills the site's processes at random moments, and shows that nothing is lost and nothing half made is seen."""
