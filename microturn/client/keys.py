"""Whose key goes where: a provider's own to its own hosts, over TLS, and one variable of ours to any other system."""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

SYSTEM_KEY = "MICROTURN_SYSTEM_KEY"
OWNERS = {"api.openai.com": "OPENAI_API_KEY", "generativelanguage.googleapis.com": "GEMINI_API_KEY"}


def variable(address: str) -> str:
    """The environment variable with the key that may be sent to an address."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme not in ("https", "wss"):
        return SYSTEM_KEY
    return next((name for own, name in OWNERS.items() if host == own or host.endswith(f".{own}")), SYSTEM_KEY)


def key(address: str, environment: Mapping[str, str] = os.environ) -> str:
    """The key for an address, "" for a server that may not ask for one. ValueError where a provider surely will."""
    name = variable(address)
    found = environment.get(name, "")
    if not found and name != SYSTEM_KEY:
        raise ValueError(f"this system needs a key: set the environment variable {name}")
    return found


def advice(address: str) -> str:
    """What to do when a server refuses the key."""
    name = variable(address)
    others = "" if name != SYSTEM_KEY else f"; {' and '.join(OWNERS.values())} go to their own providers only"
    return f"put the right key into the environment variable {name}{others}"
