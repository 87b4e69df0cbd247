"""The background: who does the slow work that the interaction model hands over, and how results come back."""
