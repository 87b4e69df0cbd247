"""Whose key is sent where: no address but a provider's own gets the provider's key."""

import pytest

from microturn.client.keys import SYSTEM_KEY, advice, key, variable

KEYS = {"OPENAI_API_KEY": "sk-1", "GEMINI_API_KEY": "g-2", SYSTEM_KEY: "other"}
OPENAI, GEMINI = "https://api.openai.com/v1", "wss://generativelanguage.googleapis.com/ws/v1beta"


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        (OPENAI, "sk-1"),
        ("wss://API.OpenAI.com:443/v1/realtime?model=m", "sk-1"),
        ("wss://eu.api.openai.com/v1/live/sessions", "sk-1"),
        (GEMINI, "g-2"),
        ("ws://api.openai.com/v1", "other"),
        ("http://generativelanguage.googleapis.com", "other"),
        ("wss://api.openai.com.evil.example/v1", "other"),
        ("wss://evil-api.openai.com/v1", "other"),
        ("wss://api.openai.com@evil.example/v1", "other"),
        ("wss://evil.example/api.openai.com?host=api.openai.com", "other"),
        ("ws://localhost:8080", "other"),
        ("wss://[::1]:8443/v1", "other"),
    ],
)
def test_a_providers_key_goes_to_the_provider_over_tls_only(address: str, sent: str) -> None:
    assert key(address, KEYS) == sent


def test_only_a_provider_must_have_one() -> None:
    assert key("ws://localhost:8080", {"OPENAI_API_KEY": "sk-1"}) == ""
    for address in (OPENAI, GEMINI):
        with pytest.raises(ValueError, match=f"set the environment variable {variable(address)}"):
            key(address, {SYSTEM_KEY: "other"})


def test_the_advice_names_the_variable() -> None:
    assert advice(OPENAI).endswith("into the environment variable OPENAI_API_KEY")
    assert SYSTEM_KEY in advice("ws://h") and "OPENAI_API_KEY and GEMINI_API_KEY go to their own" in advice("ws://h")
