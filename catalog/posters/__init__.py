"""Pictures of films: checked and drawn anew, kept under names that their content gives, fetched with care."""
