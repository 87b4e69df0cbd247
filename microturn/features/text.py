"""Text: a small byte-level BPE vocabulary, and the tags that open channels.

The first ids are tags (`Tag`); every word of a trained vocabulary's word list is one token, everything else falls
back to pieces and bytes, so any text can be written and read. A token that starts a word carries the leading space.
"""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from pathlib import Path

from tokenizers import AddedToken, decoders, models, normalizers, pre_tokenizers, trainers
from tokenizers import Tokenizer as Backend

SPACE = "Ġ"


class Tag(IntEnum):
    """Ids below the text: frame marks, channel tags, and one embedding for each kind of position."""

    PAD = 0
    END = 1  # closes a silent output frame; predicted, never fed back
    SPEAK = 2  # closes an output frame that carries the model's voice; its position conditions the flow head
    HEARD = 3
    SAY = 4
    DO = 5
    CLEAR = 6
    TYPED = 7  # input text of the user
    THINKING = 8  # input text of the background model, in its three manners
    COMMENTARY = 9
    INSTRUCTIONS = 10
    AUDIO = 11  # kind embedding of an audio position
    VIDEO = 12  # kind embedding of a video position
    SPARE_13 = 13
    SPARE_14 = 14
    SPARE_15 = 15


TAGS = tuple(f"<{tag.name.lower()}>" for tag in Tag)


class Tokenizer:
    """Text to ids and back. Lower-cases; `decode(encode(text)) == text` for lower-case text with single spaces."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._backend.encode_special_tokens = True
        if backend.token_to_id(TAGS[Tag.SPARE_15]) != Tag.SPARE_15:
            raise ValueError("this tokenizer.json has no microturn tags: use the file saved beside the checkpoint")

    @classmethod
    def train(cls, words: Iterable[str]) -> "Tokenizer":
        """The smallest byte-level BPE in which each of `words` is one token."""
        backend = Backend(models.BPE())
        backend.normalizer = normalizers.Lowercase()
        backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True, use_regex=True)
        backend.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=1 << 16,
            min_frequency=1,
            show_progress=False,
            special_tokens=[AddedToken(tag, special=True, normalized=False) for tag in TAGS],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        )
        backend.train_from_iterator(sorted(set(words)), trainer)
        return cls(backend)

    @classmethod
    def load(cls, path: str | Path) -> "Tokenizer":
        """Raises ValueError when the file is missing or is not a tokenizer of ours."""
        try:
            return cls(Backend.from_file(str(path)))
        except ValueError:
            raise
        except Exception as error:
            raise ValueError(f"{path} is not a tokenizer file: {error}") from error

    def save(self, path: str | Path) -> None:
        self._backend.save(str(path))

    @property
    def size(self) -> int:
        return self._backend.get_vocab_size()

    def encode(self, text: str) -> list[int]:
        """Ids of `text`; tags written out in the text are plain characters, never control."""
        return self._backend.encode(" ".join(text.split()), add_special_tokens=False).ids if text.strip() else []

    def decode(self, ids: Sequence[int]) -> str:
        """Text of ids; tags are left out."""
        return self._backend.decode([i for i in ids if i >= len(Tag)], skip_special_tokens=True).strip()

    def starts_word(self, token: int) -> bool:
        piece = self._backend.id_to_token(token)
        return piece is not None and piece.startswith(SPACE)

    def words(self, ids: Sequence[int]) -> list[str]:
        """The words of one channel's ids, in order; a leading piece without a space continues no word and stands alone."""
        groups: list[list[int]] = []
        for token in ids:
            if token < len(Tag):
                continue
            if self.starts_word(token) or not groups:
                groups.append([])
            groups[-1].append(token)
        return [self.decode(group) for group in groups]
