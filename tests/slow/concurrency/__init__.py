"""Eight threads on one site for minutes, round after round."""
