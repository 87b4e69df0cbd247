"""Stock clients of the server: the `openai` package, and Chromium with a fake microphone."""

import asyncio
import base64
import shutil
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from openai import AsyncOpenAI
from playwright.sync_api import Browser, Page, sync_playwright

from microturn.server.pcm import encode_pcm

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
]


@contextmanager
def chromium(file: Path, samples: np.ndarray, rate_hz: int, *flags: str) -> Iterator[Browser]:
    """A browser whose microphone plays `samples` (written to `file`) over and over, from when it is opened."""
    with wave.open(str(file), "wb") as sink:
        sink.setparams((1, 2, rate_hz, 0, "NONE", ""))
        sink.writeframes((samples * 32767).astype("<i2").tobytes())
    with sync_playwright() as playwright:
        args = [*FLAGS, f"--use-file-for-fake-audio-capture={file}", *flags]
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        yield running
        running.close()


def start(page: Page) -> None:
    page.get_by_role("button", name="Start talking").click()
    page.wait_for_selector("#link[data-link=open]")


def until(page: Page, come: Callable[[], bool]) -> None:
    for _ in range(1_200):
        if come():
            return
        page.wait_for_timeout(50)
    raise TimeoutError("it did not come within a minute")


async def converse(port: int, samples: np.ndarray, seconds: float) -> dict[str, Any]:
    """Speak in real time with the stock client, then close; what came, by event type."""
    client = AsyncOpenAI(api_key="none", base_url=f"http://127.0.0.1:{port}/v1")
    came: dict[str, Any] = {"session.output_audio.delta": [], "heard": "", "said": "", "error": []}

    async with asyncio.timeout(seconds + 20), client.live.connect() as live:
        await live.session.start(session={"model": "nano", "audio": {"format": {"type": "audio/pcm", "rate": 16000}}})

        async def speak() -> None:
            for first in range(0, len(samples), 1600):
                await live.session.input_audio.append(audio=encode_pcm(samples[first : first + 1600]))
                await asyncio.sleep(0.1)
            await live.session.close()

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(speak())
            async for event in live:
                came["last"] = event.type
                if event.type == "session.output_audio.delta":
                    came[event.type].append(base64.b64decode(event.delta))
                elif event.type == "session.output_transcript.delta":
                    came["said"] += event.delta
                elif event.type == "session.input_transcript.delta":
                    came["heard"] += event.delta
                elif event.type == "error":
                    came["error"].append(event.error.message)
                elif event.type == "session.closed":
                    break
    return came
