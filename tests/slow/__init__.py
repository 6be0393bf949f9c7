"""Proofs that take long, one command each; README.md names them."""
