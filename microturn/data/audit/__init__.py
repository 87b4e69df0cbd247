"""Audit of made and imported data: checks with reasons and counts, leaks between splits, the card of provenance, and a page.

`session` is one session as the checks see it; `sound`, `windows`, `arrays` and `words` hold the checks, small pure
functions from a session to findings; `leaks` compares splits; `report` runs it all over folders; `card` adds up
sources and licences; `look` serves the page.
"""
