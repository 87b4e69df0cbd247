"""Written dialogues: where they are, how each format is read, who is the user, and to which split each belongs.

A source is a kind, found in the folder `text/` of the one that the environment variable MICROTURN_DATA names, or a path.
The kinds and where to get them:

- `schema_guided`: google-research-datasets/dstc8-schema-guided-dialogue, CC BY-SA 4.0, as JSON lines
  `{"id": ..., "turns": [["U", text], ["S", text], ...]}` in `schema_guided*.jsonl[.xz]`;
- `taskmaster`: google-research-datasets/Taskmaster, CC BY 4.0, in the same form in `taskmaster*.jsonl[.xz]`;
- `persona_chat`: google-research-datasets/Synthetic-Persona-Chat, CC BY 4.0, its own CSV in `Synthetic-Persona-Chat*.csv[.xz]`.

A path is a file of one of these names, or plain JSON lines: each `[{"speaker": ..., "text": ...}, ...]`, or an object
with "turns" and, if wanted, "id", "source" and "licence". Speakers named model, assistant, system, agent, bot, s or a
(or `User 2`) are the model; otherwise whoever speaks first is the user.

A dialogue belongs to the test split when the hash of its id says so (one in ten); one whose words are those of an
earlier one is left out, so that no text is in both. The words are made sayable when they are asked for.
"""

import csv
import hashlib
import io
import json
import lzma
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from microturn.data.dialogue.sayable import sentences

Side = Literal["user", "model"]
FOLDER = "MICROTURN_DATA"
TEST_SHARE = 0.1
MODEL_NAMES = frozenset({"model", "assistant", "system", "agent", "bot", "s", "a", "user 2"})
USER_NAMES = frozenset({"user", "u", "user 1", "human", "customer"})


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """Where texts come from: how their files are named, and what provenance says of them."""

    kind: str
    pattern: str
    source: str
    licence: str


CORPORA = (
    Corpus(
        kind="schema_guided",
        pattern="schema_guided*.jsonl*",
        source="google-research-datasets/dstc8-schema-guided-dialogue",
        licence="CC BY-SA 4.0",
    ),
    Corpus(
        kind="taskmaster",
        pattern="taskmaster*.jsonl*",
        source="google-research-datasets/Taskmaster",
        licence="CC BY 4.0",
    ),
    Corpus(
        kind="persona_chat",
        pattern="Synthetic-Persona-Chat*.csv*",
        source="google-research-datasets/Synthetic-Persona-Chat",
        licence="CC BY 4.0",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What one side says in one go: sentences in sayable words, `|` between clauses."""

    side: Side
    sentences: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Dialogue:
    """A written dialogue: `lines` are (side, text as written) in order."""

    id: str
    source: str
    licence: str
    lines: tuple[tuple[Side, str], ...]

    @property
    def split(self) -> Literal["train", "test"]:
        return split_of(self.id)

    def turns(self) -> tuple[Turn, ...]:
        """Turns that alternate, the user's first and the model's last; what cannot be said is left out."""
        turns: list[Turn] = []
        for side, text in self.lines:
            said = sentences(text)
            if turns and turns[-1].side == side:
                turns[-1] = Turn(side=side, sentences=turns[-1].sentences + said)
            elif said and (turns or side == "user"):
                turns.append(Turn(side=side, sentences=said))
        return tuple(turns[: len(turns) // 2 * 2])


def split_of(dialogue_id: str) -> Literal["train", "test"]:
    """The split of a dialogue, the same for ever: a hash of its id."""
    number = int.from_bytes(hashlib.sha256(dialogue_id.encode()).digest()[:8])
    return "test" if number < TEST_SHARE * 2**64 else "train"


def dialogues(sources: Iterable[str], split: str) -> list[Dialogue]:
    """The dialogues of one split of all sources, in order, each text once. ValueError for none, or a line that is none."""
    if split not in ("train", "test"):
        raise ValueError(f"dialogues have the splits train and test, not {split!r}")
    seen: set[bytes] = set()
    kept: list[Dialogue] = []
    paths = [path for source in sources for path in files_of(source)]
    for dialogue in (one for path in dict.fromkeys(paths) for one in read(path)):
        words = hashlib.sha256(
            " ".join(re.findall(r"\w+", " ".join(text for _, text in dialogue.lines).lower())).encode()
        )
        if words.digest() not in seen and dialogue.split == split and len(dialogue.lines) > 1:
            kept.append(dialogue)
        seen.add(words.digest())
    if not kept:
        raise ValueError(
            f"there is no dialogue of the {split} split in {', '.join(map(str, paths)) or 'no text at all'}"
        )
    return kept


def files_of(source: str) -> list[Path]:
    """The files of a kind, a file, or a folder of text files. ValueError says what is missing and how to give it."""
    corpus = next((corpus for corpus in CORPORA if corpus.kind == source), None)
    path = Path(source)
    if corpus is None:
        found = sorted(p for p in path.iterdir() if _readable(p)) if path.is_dir() else [path]
        if not path.exists() or not found:
            kinds = ", ".join(c.kind for c in CORPORA)
            raise ValueError(f"{source} is no text: give a JSONL file, a folder of them, or one of {kinds}")
        return found
    folder = os.environ.get(FOLDER)
    if not folder:
        raise ValueError(
            f"{source} is read from the folder text/ of the one that {FOLDER} names: get {corpus.source} "
            f"and set it, or give the path of a text instead"
        )
    found = sorted((Path(folder) / "text").glob(corpus.pattern))
    if not found:
        raise ValueError(f"{Path(folder) / 'text'} holds no {corpus.pattern}: put {corpus.source} there")
    return found


def _readable(path: Path) -> bool:
    return path.is_file() and re.search(r"\.(jsonl|csv)(\.xz)?$", path.name) is not None


@lru_cache(maxsize=32)
def read(path: Path) -> tuple[Dialogue, ...]:
    """Every dialogue of a file. ValueError names the file and the line that cannot be read."""
    corpus = next((corpus for corpus in CORPORA if path.match(corpus.pattern)), None)
    known = corpus or Corpus(kind=path.name.split(".")[0], pattern="", source=path.name, licence="not stated")
    try:
        text = lzma.decompress(path.read_bytes()).decode() if path.suffix == ".xz" else path.read_text(encoding="utf-8")
    except (lzma.LZMAError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read ({error}): give UTF-8 text, plain or as .xz") from error
    reader = _from_csv if ".csv" in path.suffixes else _from_jsonl
    return tuple(reader(path, text, known))


def _from_jsonl(path: Path, text: str, corpus: Corpus) -> Iterator[Dialogue]:
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
            about: dict[str, Any] = value if isinstance(value, dict) else {"turns": value}
            pairs = [_pair(turn) for turn in about["turns"]]
            lines = _sided(pairs)
        except (ValueError, KeyError, TypeError) as error:
            reason = str(error) if isinstance(error, ValueError) else "it holds no turns"
            raise ValueError(
                f'{path}:{number} is no dialogue ({reason}): write [{{"speaker": "user", "text": "..."}}, ...]'
            ) from error
        yield Dialogue(
            id=f"{corpus.kind}/{about.get('id', number)}",
            source=str(about.get("source", corpus.source)),
            licence=str(about.get("licence", corpus.licence)),
            lines=lines,
        )


def _pair(turn: Any) -> tuple[str, str]:
    """(speaker, text) of `{"speaker", "text"}` or `[speaker, text]`."""
    speaker, text = (turn["speaker"], turn["text"]) if isinstance(turn, dict) else turn
    if not isinstance(speaker, str) or not isinstance(text, str):
        raise ValueError("speaker and text must be strings")
    return speaker, text


def _from_csv(path: Path, text: str, corpus: Corpus) -> Iterator[Dialogue]:
    """Synthetic-Persona-Chat: one conversation a row, one `User 1: ...` a line; other lines go on what was said."""
    rows = csv.DictReader(io.StringIO(text))
    column = "Best Generated Conversation"
    if column not in (rows.fieldnames or ()):
        raise ValueError(f"{path} has no column {column!r}: give the CSV of {corpus.source} as it is")
    part = path.name.split(".")[0].rsplit("_", 1)[-1]
    for number, row in enumerate(rows, start=1):
        spoken = [re.match(r"[\s*]*(User [12])[\s*]*:(.*)", line) for line in (row[column] or "").splitlines()]
        pairs = [(match[1], match[2].strip()) for match in spoken if match]
        yield Dialogue(
            id=f"{corpus.kind}/{part}/{number}", source=corpus.source, licence=corpus.licence, lines=_sided(pairs)
        )


def _sided(pairs: list[tuple[str, str]]) -> tuple[tuple[Side, str], ...]:
    """Speakers as sides. ValueError when there are more than two."""
    names = list(dict.fromkeys(speaker.strip().lower() for speaker, _ in pairs))
    if len(names) > 2:
        raise ValueError(f"it has {len(names)} speakers, two are needed")
    models = [name for name in names if name in MODEL_NAMES] or [n for n in names[1:] if n not in USER_NAMES]
    model = models[0] if models else None
    return tuple(("model" if speaker.strip().lower() == model else "user", text) for speaker, text in pairs)
