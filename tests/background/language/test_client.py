"""The language model's process: it completes and chooses, can be called off at once, and comes back when it dies."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("gguf", reason="uv sync --extra background")

from microturn.background.language import client
from microturn.background.language.client import LanguageError, LanguageModel
from tests.background.language.tiny import write

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def language(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LanguageModel]:
    folder = tmp_path_factory.mktemp("language")
    made = LanguageModel(write(folder / "tiny.gguf"), folder)
    yield made
    made.close()


async def test_it_chooses_and_completes_the_likeliest(language: LanguageModel) -> None:
    pieces = [piece async for piece in language.complete("a b c", most=5)]
    text = "".join(pieces)
    scores = await language.choose("a b c", ["x", "yz", "<|im_end|>"])
    assert len(scores) == 3 and all(score < 0 for score in scores)
    assert await language.choose("a b c", ["yz", "x"]) == pytest.approx([scores[1], scores[0]], abs=0.05)
    if text:
        (best, other) = await language.choose("a b c", [text[0], "q" if text[0] != "q" else "w"])
        assert best >= other
        assert (
            "".join([p async for p in language.complete("a b c", most=5, stop=(text[-1],))]) == text.split(text[-1])[0]
        )


async def test_what_is_called_off_stops_at_once_and_the_process_lives(language: LanguageModel) -> None:
    await language.choose("a", ["b"])
    process = language.process
    task = asyncio.create_task(language.choose("word " * 1500, ["b"]))
    await asyncio.sleep(0)  # it has asked; an answer cannot be there yet
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5):
        await language.choose("a", ["b"])
    assert language.process is process and not language._waiting


async def test_a_process_that_dies_is_an_error_and_comes_back(language: LanguageModel) -> None:
    await language.choose("a", ["b"])
    assert language.process is not None
    task = asyncio.create_task(language.choose("word " * 1500, ["b"]))
    await asyncio.sleep(0)
    language.process.kill()
    with pytest.raises(LanguageError, match="starts again"):
        await task
    assert len(await language.choose("a", ["b", "c"])) == 2


async def test_bad_requests_are_errors_of_the_call_alone(language: LanguageModel) -> None:
    with pytest.raises(LanguageError, match="some text"):
        await language.choose("", ["b"])
    with pytest.raises(LanguageError, match="longer than 2048"):
        await language.choose("7" * 3000, ["b"])
    with pytest.raises(LanguageError, match="up to 8000"):
        await language.choose("x" * 9000, ["b"])
    with pytest.raises(ValueError, match="nothing to choose"):
        await language.choose("x", [])
    assert len(await language.choose("a", ["b"])) == 1


async def test_a_file_that_is_no_model_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"no")
    broken = LanguageModel(tmp_path / "bad.gguf", tmp_path)
    with pytest.raises(LanguageError, match="cannot be opened"):
        await broken.choose("a", ["b"])


async def test_without_the_package_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Path:
        raise FileNotFoundError("the small language model is not installed: uv sync --extra background")

    monkeypatch.setattr(client, "packaged", missing)
    assert not LanguageModel.installed()
    with pytest.raises(LanguageError, match="uv sync"):
        await LanguageModel().choose("a", ["b"])
