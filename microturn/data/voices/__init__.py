"""Voices for making speech: one small protocol (`voice`), its engines, and the registry of splits."""
