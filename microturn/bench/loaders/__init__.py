"""Loaders: benchmarks' official folders as scenarios. The data are the user's; nothing is downloaded."""
