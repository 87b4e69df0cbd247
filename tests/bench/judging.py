"""Judges for tests: one of words (right is what has the expected words in it, half of it is part; "mumble" it cannot tell),
and a local server that speaks chat completions."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from microturn.bench.judges.judge import Question, Verdict
from microturn.bench.words import find, normalised

Answer = Callable[[dict[str, Any]], tuple[int, str]]
RIGHT = '{"reason": "equal", "verdict": 1}'


@dataclass
class WordJudge:
    name: str = "words"
    proxy: bool = True
    asked: list[Question] = field(default_factory=list[Question])

    def ask(self, questions: Sequence[Question]) -> list[Verdict]:
        self.asked += questions
        return [self._verdict(question) for question in questions]

    def _verdict(self, question: Question) -> Verdict:
        wanted, said = normalised(question.expected), normalised(question.reply)
        if "mumble" in said:
            return Verdict(value=None, reason="could not tell")
        whole = bool(find(wanted, said))
        part = 0.5 if set(wanted) & set(said) else 0.0
        value = float(whole) if question.kind != "graded" else 2.0 if whole else 2.0 * part
        return Verdict(value=value, reason=f"{value:g} by words")


@dataclass
class Server:
    """Speaks chat completions; `answer` gives the status and the message, `asked` keeps what came in."""

    answer: Answer = lambda body: (200, RIGHT)
    asked: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    keys: list[str] = field(default_factory=list[str])
    url: str = ""


@contextmanager
def serving() -> Iterator[Server]:
    """Such a server, until the block is left."""
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.asked.append(body)
            state.keys.append(self.headers["Authorization"])
            status, text = state.answer(body)
            reply = {
                "id": "1",
                "object": "chat.completion",
                "created": 0,
                "model": body["model"],
                "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
                "usage": {"prompt_tokens": 10, "completion_tokens": 2, "total_tokens": 12},
            }
            sent = json.dumps(reply if status == 200 else {"error": {"message": text}}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, format: str, *args: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    state.url = f"http://127.0.0.1:{listening.server_port}/v1"
    yield state
    listening.shutdown()
    listening.server_close()
