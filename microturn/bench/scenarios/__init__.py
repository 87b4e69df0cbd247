"""Scenarios: seeded lists of worlds with truths, made by the data factory from test-only seeds and voices."""
