"""A language model as the judge, behind any endpoint that speaks OpenAI's chat completions.

Temperature 0; several questions at a time; every answer is kept (`cache`), so that scoring again costs nothing. What is
no verdict is asked again a few times; then the item is unjudged, with the reason. A key that is refused, or a model that
is not there, ends the asking. The key is MICROTURN_JUDGE_KEY; OPENAI_API_KEY is only ever sent to api.openai.com.
"""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from microturn.bench.judges.cache import Cache
from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.judges.prompts import messages, parse

KEY, OPENAI_KEY, OPENAI_HOST = "MICROTURN_JUDGE_KEY", "OPENAI_API_KEY", "api.openai.com"


@dataclass(kw_only=True)
class Usage:
    """What a judge has cost so far: requests, answers that were read from the cache, tokens."""

    requests: int = 0
    cached: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def line(self) -> str:
        return (
            f"{self.requests} requests, {self.cached} from the cache, "
            f"{self.prompt_tokens} + {self.completion_tokens} tokens"
        )


class Refused(Exception):
    """The endpoint will not answer anything: a wrong key, or no such model."""


@dataclass(kw_only=True)
class ChatJudge:
    """The model `model` at `base_url` (".../v1"). `tries` per question; `workers` questions side by side."""

    base_url: str
    model: str
    cache: Cache
    key: str | None = None
    tries: int = 3
    timeout_s: float = 60.0
    workers: int = 8
    proxy: bool = False
    usage: Usage = field(default_factory=Usage)
    _refused: str | None = None
    _plain: bool = False  # the model takes no temperature
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def name(self) -> str:
        return self.model

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        """One verdict for each question; equal questions are asked once."""
        unlike = list(dict.fromkeys(questions))
        with ThreadPoolExecutor(max_workers=max(1, min(self.workers, len(unlike)))) as pool:
            verdicts = dict(zip(unlike, pool.map(self._answer, unlike), strict=True))
        return [verdicts[question] for question in questions]

    def _answer(self, question: Question) -> Verdict:
        prompt = messages(question)
        kept = self.cache.get(prompt)
        verdict = parse(question, kept) if kept is not None else None
        if verdict is not None:
            with self._lock:
                self.usage.cached += 1
            return verdict
        why, unread = "was not asked", None
        for _ in range(self.tries):
            if self._refused:
                return Verdict(value=None, reason=self._refused)
            try:
                answer, usage = self._request(prompt)
            except Refused as error:
                self._refused = str(error)
                continue
            except _unanswered() as error:
                why = f"did not answer: {_short(str(error) or type(error).__name__)}"
                continue
            if verdict := parse(question, answer):
                self.cache.put(prompt, answer, usage)
                return verdict
            why, unread = f"answered nonsense: {_short(answer)!r}", answer
        if self._refused:
            return Verdict(value=None, reason=self._refused)
        return Verdict(value=None, reason=f"{self.model} {why} ({self.tries} tries)", unread=unread)

    def _request(self, prompt: list[dict[str, str]]) -> tuple[str, dict[str, int]]:
        import openai

        options: dict[str, Any] = {} if self._plain else {"temperature": 0}
        with self._lock:
            self.usage.requests += 1
        try:
            reply = self._client.chat.completions.create(model=self.model, messages=prompt, **options)
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise Refused(f"{self.base_url} refuses the key: set {KEY} ({_short(str(error))})") from error
        except openai.NotFoundError as error:
            raise Refused(
                f"{self.base_url} has no model {self.model!r}: name another ({_short(str(error))})"
            ) from error
        except openai.BadRequestError as error:
            if not self._plain and "temperature" in str(error):
                self._plain = True
                return self._request(prompt)
            raise
        used = reply.usage
        usage = {"prompt_tokens": used.prompt_tokens, "completion_tokens": used.completion_tokens} if used else {}
        with self._lock:
            self.usage.prompt_tokens += usage.get("prompt_tokens", 0)
            self.usage.completion_tokens += usage.get("completion_tokens", 0)
        return (reply.choices[0].message.content or "") if reply.choices else "", usage

    @cached_property
    def _client(self) -> Any:
        import openai

        key = self.key or os.environ.get(KEY)
        if not key and urlsplit(self.base_url).hostname == OPENAI_HOST:
            key = os.environ.get(OPENAI_KEY)
        return openai.OpenAI(base_url=self.base_url, api_key=key or "none", timeout=self.timeout_s, max_retries=0)


def _unanswered() -> tuple[type[Exception], ...]:
    """What an endpoint that cannot be reached, is too slow, or answers out of form makes of a request."""
    import openai

    return (openai.OpenAIError, ValueError, AttributeError, TypeError)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else f"{line[:157]}..."
