"""Clients of live systems: `connect` for a running server of ours, and one file for each protocol that the bench measures.

    async with connect(url) as live: ...                 a session of one's own, event by event
    attach(url, session_id)                              one that another client began
    working(live, work)                                  do what its model hands over
    exchange.converse(wire, stimulus)                    a `Timeline` played in real time: the `Timeline` that was heard

The wires are `live.Live`, `realtime.Realtime`, `gemini.Gemini` and `moshi.Moshi`.
"""

from microturn.client.connection import LiveClient, Received, attach, connect
from microturn.client.delegations import Job, working

__all__ = ["Job", "LiveClient", "Received", "attach", "connect", "working"]
