"""The Python client for a running server: `async with connect(url) as live`."""

from microturn.client.connection import LiveClient, Received, connect

__all__ = ["LiveClient", "Received", "connect"]
