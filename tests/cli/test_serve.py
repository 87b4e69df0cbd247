"""`microturn serve`: what it says, and that a port in use or a missing file ends with one sentence and status 2."""

import socket
from pathlib import Path

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
    assert main(["serve", "--allow-host", "https://talk.example", "--port", "0"]) == 2
    assert "give a host's name alone" in capsys.readouterr().err


def test_tls_files_that_cannot_be_used_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cert.pem").write_text("no certificate at all\n")
    pem = str(tmp_path / "cert.pem")
    for words, sentence in (
        (["--ssl-certfile", pem], f"{pem} cannot be used for HTTPS"),
        (["--ssl-certfile", pem, "--ssl-keyfile", pem], "give --ssl-certfile a PEM certificate"),
        (["--ssl-keyfile", pem], "--ssl-keyfile alone serves no HTTPS"),
        (["--ssl-certfile", str(tmp_path)], "there is no file"),
    ):
        assert main(["serve", "--port", "0", *words]) == 2
        said = capsys.readouterr().err
        assert sentence in said and said.count("\n") == 1


def test_a_place_that_cannot_be_recorded_to_is_known_at_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "deeper", Path("/proc/none")):
        assert main(["serve", "--port", "0", "--record", str(folder)]) == 2
        said = capsys.readouterr().err
        assert "give --record" in said and said.count("\n") == 1


def test_the_greeting_tells_a_phone_what_it_needs() -> None:
    plain = greeting("127.0.0.1", 8080, "nano", secure=False)
    assert "http://localhost:8080/" in plain and "HTTPS" in plain
    assert "https://192.168.0.7:8443/" in greeting("192.168.0.7", 8443, "nano", secure=True)
    assert "HTTPS" not in greeting("::1", 1, "nano", secure=True)
