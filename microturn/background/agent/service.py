"""Which language model works in the background, and how its service is reached: names of pydantic-ai and plain addresses.

Keys: each provider's own environment variable, as pydantic-ai reads it. An address gets no key but the one of the
variable that `key_env` names; `OPENAI_API_KEY` goes to OpenAI's own hosts and nowhere else.
"""

import asyncio
import os
import re
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from pydantic_ai import RunContext, exceptions
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models import Model, ModelRequestParameters, StreamedResponse, infer_model
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.providers import Provider, infer_provider
from pydantic_ai.settings import ModelSettings

OPENAI_URL = "https://api.openai.com/v1"
OLLAMA_URL = "http://127.0.0.1:11434/v1"
OPENAI_KEY = "OPENAI_API_KEY"
EARLIER_NAMES = {"google-gla": "google", "google-vertex": "google-cloud"}  # of providers
EXAMPLES = "openai:NAME, anthropic:NAME, google:NAME, ollama:NAME or http://HOST:PORT/v1#NAME"
BACK_OFF_S = (0.5, 1.5)  # before the second and the third try
LONGEST_WAIT_S = 5.0  # a service that asks for more is not waited for
PASSING = (exceptions.ModelRateLimitError, exceptions.ModelUnavailableError, exceptions.ModelServerError)


def open_service(model: str, key_env: str = "") -> Model:
    """The model, as in `EXAMPLES`; `key_env` names the environment variable with the key for an address. Nothing is sent yet.
    ValueError, with what to do, for what is no model's name or lacks its key."""
    if model.startswith(("http://", "https://")):
        return Patient(_at_address(model, key_env))
    kind, _, name = model.partition(":")
    if not kind or not name:
        raise ValueError(f"{model!r} names no model; give {EXAMPLES}")
    if key_env:
        raise ValueError(f"key_env is for an address; {kind} has an environment variable of its own for its key")
    try:
        return Patient(infer_model(f"{EARLIER_NAMES.get(kind, kind)}:{name}", _provider))
    except exceptions.UserError as error:
        raise ValueError(f"{model} cannot be used: {_what_to_do(str(error))}") from error
    except (ImportError, ValueError) as error:
        raise ValueError(f"{model} cannot be used ({error}); give {EXAMPLES}") from error


def _what_to_do(error: str) -> str:
    """A missing key's variable, or the first sentence."""
    if missing := re.match(r"Set the `(\w+)` environment variable", error):
        return f"put its key into the environment variable {missing[1]}"
    return error.partition(". ")[0]


def _provider(name: str) -> Provider[Any]:
    """As pydantic-ai makes it, but for OpenAI at another address, which would be sent OpenAI's key."""
    from pydantic_ai.providers.ollama import OllamaProvider

    if name.startswith("openai") and not _is_openai(os.environ.get("OPENAI_BASE_URL") or OPENAI_URL):
        raise ValueError("OPENAI_BASE_URL is another service: unset it, or give its address and model as URL#NAME")
    if name == "ollama" and not os.environ.get("OLLAMA_BASE_URL"):
        return OllamaProvider(base_url=OLLAMA_URL)
    return infer_provider(name)


def _at_address(address: str, key_env: str) -> Model:
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    url, _, name = address.partition("#")
    try:
        parts = urlsplit(url)
        known = bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        raise ValueError(f"{url} is no address; give http://HOST:PORT/v1#NAME") from None
    if not known or not name:
        raise ValueError(f"say which model of the service: {url}#NAME")
    if parts.username or parts.password or parts.query:
        raise ValueError("an address has no key in it: put the key into an environment variable and name that")
    if key_env and not os.environ.get(key_env):
        raise ValueError(f"there is no environment variable {key_env} with the key for {parts.hostname}")
    variable = key_env or (OPENAI_KEY if _is_openai(url) else "")
    if variable == OPENAI_KEY and not _is_openai(url):
        raise ValueError(f"{OPENAI_KEY} is for OpenAI alone: put the key for {parts.hostname} into another variable")
    key = os.environ.get(variable) if variable else None
    return OpenAIChatModel(
        name, provider=OpenAICompatibleProvider(parts.hostname or "", base_url=url.rstrip("/"), api_key=key)
    )


def _is_openai(url: str) -> bool:
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "https" and (host == "api.openai.com" or host.endswith(".api.openai.com"))


class Patient(WrapperModel):
    """Tries again, twice and soon, where a service is busy or stumbles before it has begun to answer."""

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        settings: ModelSettings = {**(model_settings or {}), "max_retries": 0}
        async with AsyncExitStack() as stack:
            for wait_s in (*BACK_OFF_S, None):
                asked = self.wrapped.request_stream(messages, settings, model_request_parameters, run_context)
                try:
                    response = await stack.enter_async_context(asked)
                except PASSING as error:
                    if wait_s is None or (error.retry_after or 0.0) > LONGEST_WAIT_S:
                        raise
                    await asyncio.sleep(max(wait_s, error.retry_after or 0.0))
                else:
                    yield response
                    return
