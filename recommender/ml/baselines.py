"""The systems that ours must beat, built on libraries that only evaluation needs."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .batches import Likes
from .protocols import Trial
from .records import FilmRecord
from .sparse import Ints

Scores = NDArray[Any]

WARM = ("popularity", "tfidf", "ease", "als")
COLD = ("tfidf", "ridge")
REQUEST = ("tfidf", "bm25")


class MissingLibrary(Exception):
    """A baseline needs a library that is not installed; the message names the cure."""


class Baselines:
    """Scores of the baselines on one catalogue; what depends on its texts alone is computed once."""

    def __init__(self, records: Sequence[FilmRecord]) -> None:
        self.records = records

    def for_visitors(self, name: str, trial: Trial) -> Scores:
        """Scores (visitors, films) for the visitors of a trial. Raises MissingLibrary."""
        systems: dict[str, Callable[[Trial], Scores]] = {
            "popularity": self._popularity,
            "tfidf": self._content,
            "ease": self._ease,
            "als": self._als,
            "ridge": self._ridge,
        }
        return systems[name](trial)

    def for_requests(self, name: str, texts: Sequence[str]) -> Scores:
        """Scores (requests, films) for typed words. Raises MissingLibrary."""
        systems = {"tfidf": self._words_asked, "bm25": self._bm25}
        return systems[name](texts)

    def _popularity(self, trial: Trial) -> Scores:
        return np.tile(trial.likes.counts(len(self.records)), (len(trial.given), 1))

    def _content(self, trial: Trial) -> Scores:
        """The cosine between the sum of a visitor's TF-IDF rows and every film's row."""
        normalize = _library("sklearn.preprocessing").normalize
        scores: Scores = (
            normalize(self._matrix(trial.given) @ self._names_and_words) @ self._names_and_words.T
        ).toarray()
        return scores

    def _ease(self, trial: Trial, ridge: float = 200.0) -> Scores:
        """The closed-form linear autoencoder (Steck 2019), solved in whichever space is the smaller one."""
        weights = _item_weights(self._known(trial.likes).toarray().astype(np.float64), ridge)
        return np.asarray(self._matrix(trial.given) @ weights.astype(np.float32))

    def _als(self, trial: Trial) -> Scores:
        """Implicit matrix factorisation (Hu, Koren and Volinsky 2008)."""
        model = self._factors(trial.likes)
        users = model.recalculate_user(np.arange(len(trial.given)), self._matrix(trial.given))
        return np.asarray(users @ model.item_factors.T)

    def _ridge(self, trial: Trial, dimensions: int = 300, ridge: float = 1.0) -> Scores:
        """Ridge regression from texts (SVD of TF-IDF) to ALS factors, for films that nobody has liked."""
        model = self._factors(trial.likes)
        decompose = _library("sklearn.decomposition").TruncatedSVD
        most = min(dimensions, min(self._names_and_words.shape) - 1)
        texts = decompose(most, random_state=0).fit_transform(self._names_and_words)
        liked = np.unique(trial.likes.films)
        learner = _library("sklearn.linear_model").Ridge(ridge).fit(texts[liked], model.item_factors[liked])
        users = model.recalculate_user(np.arange(len(trial.given)), self._matrix(trial.given))
        return np.asarray(users @ learner.predict(texts).T)

    def _words_asked(self, texts: Sequence[str]) -> Scores:
        vectoriser, rows = self._tfidf
        normalize = _library("sklearn.preprocessing").normalize
        scores: Scores = (normalize(vectoriser.transform(texts)) @ rows.T).toarray()
        return scores

    def _bm25(self, texts: Sequence[str]) -> Scores:
        """Okapi BM25 with k1 = 1.2 and b = 0.75 (Robertson and Zaragoza 2009)."""
        counter, weights = self._bm25_weights
        scores: Scores = (counter.transform(texts) @ weights.T).toarray()
        return scores

    @cached_property
    def _texts(self) -> list[str]:
        """All of a film's words in one string."""
        return [" ".join((r.title, *r.genres, *r.directors, *r.cast, *r.keywords, r.description)) for r in self.records]

    @cached_property
    def _names_and_words(self) -> Any:
        """TF-IDF rows in which a person's name is one word."""
        texts = []
        for record in self.records:
            people = (name.replace(" ", "_") for name in (*record.directors, *record.cast))
            texts.append(" ".join((record.title, *record.genres, *record.keywords, record.description, *people)))
        common = min(2, len(texts))
        vectoriser = _library("sklearn.feature_extraction.text").TfidfVectorizer(
            stop_words="english",
            sublinear_tf=True,
            min_df=common,
            token_pattern=r"(?u)\b\w[\w_]+\b",  # noqa: S106 (letters of a word, no password)
        )
        return _library("sklearn.preprocessing").normalize(vectoriser.fit_transform(texts)).tocsr()

    @cached_property
    def _tfidf(self) -> tuple[Any, Any]:
        vectoriser = _library("sklearn.feature_extraction.text").TfidfVectorizer(
            sublinear_tf=True, stop_words="english"
        )
        return vectoriser, _library("sklearn.preprocessing").normalize(vectoriser.fit_transform(self._texts))

    @cached_property
    def _bm25_weights(self) -> tuple[Any, Any]:
        counter = _library("sklearn.feature_extraction.text").CountVectorizer(stop_words="english")
        counts = counter.fit_transform(self._texts).tocsr().astype(np.float32)
        having = np.asarray((counts > 0).sum(0)).ravel()
        length = np.asarray(counts.sum(1)).ravel()
        share = np.repeat(length, np.diff(counts.indptr)) / length.mean()
        counts.data *= 2.2 / (counts.data + 1.2 * (0.25 + 0.75 * share))
        rarity = np.log(1 + (len(self.records) - having + 0.5) / (having + 0.5))
        return counter, counts.multiply(rarity).tocsr()

    def _factors(self, likes: Likes) -> Any:
        learner = _library("implicit.als").AlternatingLeastSquares(
            factors=64, regularization=1.0, alpha=3, iterations=15, random_state=0
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # advice on BLAS threads that an operator cannot follow
            learner.fit(self._known(likes), show_progress=False)
        return learner

    def _known(self, likes: Likes) -> Any:
        return self._matrix(likes.by_visitor())

    def _matrix(self, rows: list[Ints]) -> Any:
        """Films of each visitor as a sparse matrix (visitors, films) of ones."""
        at = np.repeat(np.arange(len(rows)), [len(films) for films in rows]), np.concatenate(rows)
        shape = (len(rows), len(self.records))
        return _library("scipy.sparse").csr_matrix((np.ones(len(at[1]), np.float32), at), shape=shape)


def _item_weights(likes: Scores, ridge: float) -> Scores:
    """EASE's films x films weights of a dense (visitors, films) matrix.

    With P the inverse of X'X + ridge, the weights are -P / diag(P) off the diagonal. Where visitors are fewer than
    films, P = (1 - X'(XX' + ridge)^-1 X) / ridge needs only a visitors x visitors system.
    """
    visitors, films = likes.shape
    if visitors < films:
        small = likes @ likes.T + ridge * np.eye(visitors)
        inverse = (np.eye(films) - likes.T @ np.linalg.solve(small, likes)) / ridge
    else:
        inverse = np.linalg.inv(likes.T @ likes + ridge * np.eye(films))
    weights: Scores = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return weights


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as missing:
        package = name.split(".")[0].replace("sklearn", "scikit-learn")
        cure = "pip install -r requirements-eval.txt"
        raise MissingLibrary(f"The baselines need {package}, which is not installed: {cure}") from missing
