"""Work that takes longer than a request: started by people, run by workers, watched on a page."""
