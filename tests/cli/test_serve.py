"""`microturn serve`: what it says, and that a port in use or a missing file ends with one sentence and status 2."""

import socket

import pytest

from microturn.cli import main
from microturn.cli.serve import greeting


def test_a_port_in_use_is_one_sentence_and_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and f"port {port} is in use" in said and f"--port {port + 1}" in said


def test_bad_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--ssl-certfile", "/nowhere.pem"]) == 2
    assert "give --ssl-certfile a PEM file" in capsys.readouterr().err
    assert main(["serve", "--port", "99999"]) == 2
    assert main(["serve", "--host", "not.a.host.invalid", "--port", "0"]) == 2
    assert "address of this machine" in capsys.readouterr().err


def test_the_greeting_tells_a_phone_what_it_needs() -> None:
    plain = greeting("127.0.0.1", 8080, "nano", secure=False)
    assert "http://localhost:8080/" in plain and "HTTPS" in plain
    assert "https://192.168.0.7:8443/" in greeting("192.168.0.7", 8443, "nano", secure=True)
    assert "HTTPS" not in greeting("::1", 1, "nano", secure=True)
