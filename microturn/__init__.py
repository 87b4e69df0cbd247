"""microturn."""
