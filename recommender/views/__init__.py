"""Pages that recommend and show films."""
