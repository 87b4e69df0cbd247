"""The embedded background: no key, no network; rules, tools, and a small language model that helps to choose among tools."""
