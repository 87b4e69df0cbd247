"""A language model of any provider at work, through pydantic-ai."""
