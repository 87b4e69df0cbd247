"""Scorers: pure functions from a scenario and what a system did to a `Score`."""
