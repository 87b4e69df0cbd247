"""Clients of live systems: `connect` for a running server of ours, and one file for each protocol that the bench measures.

    async with connect(url) as live: ...                 a session of one's own, event by event
    exchange.converse(wire, stimulus)                    a `Timeline` played in real time: the `Timeline` that was heard

The wires are `live.Live`, `realtime.Realtime`, `gemini.Gemini` and `moshi.Moshi`.
"""

from microturn.client.connection import LiveClient, Received, connect

__all__ = ["LiveClient", "Received", "connect"]
