"""A judge by its name on the command line."""

from pathlib import Path

from microturn.bench.judges.judge import Judge

FORMS = "rules, none, replay:DIR or http://HOST/v1#MODEL"


def open_judge(name: str, *, cache: Path | None = None) -> Judge | None:
    """The judge called `rules`, `none` (no judge), `replay:DIR[#MODEL]` or `http[s]://HOST[:PORT]/v1#MODEL`.

    `cache` is where a model's verdicts are kept (default: `cache.default_folder()`). ValueError says what a name may be.
    """
    if name == "none":
        return None
    if name == "rules":
        from microturn.bench.judges.rules import RulesJudge

        return RulesJudge()
    place, _, model = name.partition("#")
    if place.startswith("replay:"):
        from microturn.bench.judges.replay import replayed

        return replayed(Path(place.removeprefix("replay:")), model)
    if place.startswith(("http://", "https://")):
        if not model:
            raise ValueError(f"{name} names no model: write {place}#MODEL")
        from microturn.bench.judges.cache import Cache, default_folder
        from microturn.bench.judges.http import ChatJudge

        kept = Cache(folder=cache or default_folder(), model=model)
        return ChatJudge(base_url=place.rstrip("/"), model=model, cache=kept)
    raise ValueError(f"no judge named {name!r}; --judge takes {FORMS}")
