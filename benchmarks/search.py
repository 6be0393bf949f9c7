"""Exact top 50 by cosine among a third of the films, beside faiss and one bare matrix-vector product.

python -m benchmarks.search [--films 10000 100000 1000000]
"""

from __future__ import annotations

import argparse
from statistics import median

import faiss
import numpy as np

from benchmarks.timing import in_turns, ratio
from recommender.ml.search import nearest

_DIMENSION, _TOP = 128, 50


def compare(films: int, rounds: int) -> None:
    """Print one row of the table, after checking that both find the same films."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(films, _DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    query = vectors[0] + vectors[1] / 2
    allowed = np.arange(films) % 3 == 0
    index = faiss.IndexFlatIP(_DIMENSION)
    index.add(vectors)
    bitmap = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
    only = faiss.SearchParameters(sel=bitmap)
    _, theirs = index.search(query[None], _TOP, params=only)
    if set(theirs[0].tolist()) != set(nearest(vectors, query, _TOP, allowed=allowed).rows.tolist()):
        raise SystemExit("faiss and MovieRec find different films")
    taken = in_turns(
        {
            "ours": lambda: nearest(vectors, query, _TOP, allowed=allowed),
            "faiss, a third": lambda: index.search(query[None], _TOP, params=only),
            "faiss, all": lambda: index.search(query[None], _TOP),
            "product": lambda: vectors @ query,
        },
        rounds,
    )
    milliseconds = {name: f"{1000 * median(times):.2f}" for name, times in taken.items()}
    ratios = {name: f"{ratio(taken['ours'], times):.2f}" for name, times in taken.items() if name != "ours"}
    print(f"{films:>9,} films  ms: {milliseconds}  ours / theirs: {ratios}")


def main() -> None:
    """Compare at each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--films", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    for films in parser.parse_args().films:
        compare(films, rounds=max(15, min(300, 3_000_000 // films)))


if __name__ == "__main__":
    main()
