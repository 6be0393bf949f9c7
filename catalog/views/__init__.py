"""Pages of accounts and of what a visitor keeps."""
