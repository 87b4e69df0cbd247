"""Judges: who decides what no rule of time or number can, through one interface (`judge`)."""
