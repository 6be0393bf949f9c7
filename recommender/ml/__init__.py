"""The recommender's mathematics: text to tokens, films to vectors, vectors to rankings; knows nothing of Django."""
