"""Twelve mock tools in four domains, after Full-Duplex-Bench v3 (arXiv 2604.04847): `TOOLS`, `tool_call`, and how calls are seen.

The names are the benchmark's; parameters, data and code are our own. Results depend on the arguments alone.
"""

from microturn.bench.tools.calls import Call, calls, note_of
from microturn.bench.tools.registry import TOOLS, Tool, schemas, tool_call

__all__ = ["TOOLS", "Call", "Tool", "calls", "note_of", "schemas", "tool_call"]
