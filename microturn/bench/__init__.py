"""The bench: scenarios, drivers and scorers that measure how interactive a real-time system is."""
