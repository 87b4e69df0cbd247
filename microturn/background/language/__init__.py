"""The small language model in the box, in a process of its own: `client` (what a background uses), `process`, `llama`, `gguf`."""
