"""Who may do what with whose things, for every address of the site."""
