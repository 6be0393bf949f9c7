"""Movie nights: whose tastes take part, which films suit all of them, and what guests may do."""
