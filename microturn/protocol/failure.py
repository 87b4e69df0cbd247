"""How a system under test fails: it will not have us, it cannot be reached now, or it broke off in mid-session."""

from enum import Enum


class Failure(Enum):
    """What to do about it: stop, try again later, or go on with the next session."""

    REFUSED = "refused"  # a wrong key, model or address: the next try will end the same way
    UNREACHABLE = "unreachable"  # no answer, too many sessions or requests: may pass
    LOST = "lost"  # the session had begun


class SystemFailed(ConnectionError):
    """A session with a system that failed; the message has the system's own words where it gave any.

    `wait_s` is how long the system asked us to wait, None when it did not say.
    """

    def __init__(self, message: str, failure: Failure, *, wait_s: float | None = None) -> None:
        super().__init__(message)
        self.failure, self.wait_s = failure, wait_s
