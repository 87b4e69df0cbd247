"""In and out: other people's corpora become Timelines, and Timelines become other people's formats.

An importer (`moshi`, `lhotse`, `subtitles`, `folder`, `recordings`) lists recordings, each read when its turn comes;
`item.taken` turns one into items, `store` keeps them as timeline folders or shards.
"""
