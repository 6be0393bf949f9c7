"""One module for each site whose files are known: does a file come from it, and what does it say."""
