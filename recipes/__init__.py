"""Whole runs as functions: a recipe returns everything a run needs, a variant calls another and replaces fields."""
