"""nano: the small model in the box, trained on two CPU cores (or one GPU) from made speech.

`microturn train nano --minutes 60` makes the sessions that are missing, trains, and resumes; `runs/nano.sh` is the whole run.
"""

from dataclasses import replace

from microturn.data.factory import DataConfig, tokenizer
from microturn.model.batch import BatchShape
from microturn.model.config import FusionConfig, ModelConfig, nano_backbone
from microturn.train.config import TrainConfig


def nano(audio_positions: int = 1) -> TrainConfig:
    """The released model's run."""
    model = ModelConfig(
        backbone=nano_backbone(window=512),
        vocabulary=tokenizer().size,
        fusion=FusionConfig(audio_positions=audio_positions),
    )
    return TrainConfig(
        name="nano", model=model, data=DataConfig(shards=120), shape=BatchShape(audio_positions=audio_positions)
    )


def folded(audio_positions: int) -> TrainConfig:
    """nano with another number of backbone positions per tick, the rows made longer in proportion: for the comparison."""
    run = nano(audio_positions)
    shape = replace(run.shape, positions=768 + 448 * (audio_positions - 1) * 3 // 4)
    return replace(run, name=f"nano-{audio_positions}", shape=shape)
