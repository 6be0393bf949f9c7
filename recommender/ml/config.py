"""How one training run goes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TrainConfig:
    """Saved with the weights as provenance. Shares are given as (lowest, highest) and drawn uniformly.

    An epoch is `steps_per_epoch` steps, each on all films (or a fresh sample of a large catalogue). `device` is a
    Torch device, or "auto" for a GPU where there is one. One of the `threads` is the safe choice: the steps are too
    small to gain much from several, and lose a lot when something else wants the cores.
    """

    epochs: int = 10
    steps_per_epoch: int = 20
    film_batch: int = 128
    subset_batch: int = 512
    visitor_batch: int = 480
    learning_rate: float = 3e-3
    weight_decay: float = 1e-3
    likes_weight: float = 0.7
    subset_weight: float = 0.6
    nearness_weight: float = 3.0
    sharpness: float = 20.0
    elbo_weight: float = 2.5e-4
    beta: float = 1.0
    subset_share: tuple[float, float] = (0.05, 0.5)
    hidden_share: tuple[float, float] = (0.2, 0.6)
    handicap: float = -1.5
    validation_share: float = 0.05
    patience: int = 10
    seed: int = 1895
    device: str = "auto"
    threads: int = 1

    def __post_init__(self) -> None:
        counts = (self.epochs, self.steps_per_epoch, self.film_batch, self.subset_batch, self.visitor_batch)
        if min(*counts, self.patience, self.threads) < 1:
            raise ValueError(f"epochs, steps, batches, patience and threads must be positive: {self}")
        if self.learning_rate <= 0 or min(self.weight_decay, self.beta, self.sharpness) < 0:
            raise ValueError(f"the learning rate must be positive, decay, beta and sharpness at least 0: {self}")
        if min(self.likes_weight, self.subset_weight, self.nearness_weight, self.elbo_weight) < 0:
            raise ValueError(f"a loss weight must be at least 0: {self}")
        if not 0 <= self.validation_share <= 0.5:
            raise ValueError(f"validation_share goes from 0 to 0.5, not {self.validation_share}")
        if self.seed < 0:
            raise ValueError(f"the seed must be at least 0, not {self.seed}")
        for low, high in (self.subset_share, self.hidden_share):
            if not 0 < low <= high < 1:
                raise ValueError(f"a range of shares rises from above 0 to below 1, not {low} to {high}")
