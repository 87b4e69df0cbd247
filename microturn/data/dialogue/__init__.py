"""Spoken dialogues from written ones: texts, the timing of real conversation, and what a session of both sounds like."""
