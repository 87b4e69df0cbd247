"""microturn: interaction models that listen, watch, read, speak and keep time in micro-turns of 200 ms."""

__version__ = "0.1.0"
