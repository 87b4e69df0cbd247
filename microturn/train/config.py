"""What a training run is: one frozen value, made by a recipe."""

from dataclasses import dataclass, field

from microturn.data.factory import DataConfig
from microturn.model.batch import BatchShape
from microturn.model.config import ModelConfig
from microturn.train.optim import OptimConfig


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """A run. cooldown: share of a time-boxed run at its end in which the learning rate falls to a tenth. rehearsed: share of the
    rows in which the model reads its own guesses of what was heard (`augment.rehearsed`)."""

    name: str
    model: ModelConfig
    data: DataConfig = field(default_factory=DataConfig)
    shape: BatchShape = field(default_factory=BatchShape)
    optim: OptimConfig = field(default_factory=OptimConfig)
    cooldown: float = 0.25
    own_noise: float = 0.6
    misheard: float = 0.3
    rehearsed: float = 0.0
    augment: bool = True
    save_every_s: float = 180.0
    seed: int = 0
    compile: bool = False  # compile the blocks: faster steps, half a minute more at the start
