"""The virus scanner, where one is named: what it says counts, and silence refuses."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from codi.errors import Refused
from codi.files import scanner

CONTENT = b"content of a file" * 40_000  # several blocks


@contextmanager
def clamd(line: socket.socket, answer: bytes) -> Iterator[list[bytes]]:
    """The other end of the protocol INSTREAM, as clamd speaks it; hears what was sent."""
    heard: list[bytes] = []

    def exactly(call: socket.socket, count: int) -> bytes:
        got = b""
        while len(got) < count and (more := call.recv(count - len(got))):
            got += more
        return got

    def speak() -> None:
        call, _ = line.accept()
        with call:
            heard.append(exactly(call, len(b"zINSTREAM\0")))
            while size := struct.unpack("!I", exactly(call, 4))[0]:
                heard.append(exactly(call, size))
            call.sendall(answer)

    thread = threading.Thread(target=speak, daemon=True)
    thread.start()
    yield heard
    thread.join(timeout=5)
    line.close()


def tcp(_folder: Path) -> tuple[socket.socket, str]:
    line = socket.create_server(("127.0.0.1", 0))
    return line, f"tcp:127.0.0.1:{line.getsockname()[1]}"


def unix(folder: Path) -> tuple[socket.socket, str]:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    line.bind(str(folder / "c"))
    line.listen()
    return line, f"unix:{folder / 'c'}"


ANSWERS = {
    b"stream: OK\0": "",
    b"stream: Win.Test.EICAR_HDB-1 FOUND\0": "files-virus",
    b"INSTREAM size limit exceeded. ERROR\0": "files-scanner",
    b"": "files-scanner",
}


@pytest.mark.parametrize("place", [tcp, unix])
@pytest.mark.parametrize("answer", ANSWERS)
def test_what_the_scanner_says_counts(
    tmp_path_factory, settings, answer, place: Callable[[Path], tuple[socket.socket, str]]
):
    """Wrong if a find were passed over, or an answer that is no answer taken for a clean bill."""
    folder = tmp_path_factory.mktemp("c")
    source = folder / "file"
    source.write_bytes(CONTENT)
    line, settings.ATTACHMENTS_CLAMD = place(folder)
    with clamd(line, answer) as heard:
        if not ANSWERS[answer]:
            scanner.scan(source)
        else:
            with pytest.raises(Refused) as caught:
                scanner.scan(source)
            assert caught.value.code == ANSWERS[answer]
    assert heard[0] == b"zINSTREAM\0"
    assert b"".join(heard[1:]) == CONTENT


def test_a_scanner_that_is_down_refuses(tmp_path, settings):
    """Wrong if files came in unseen while the scanner was away."""
    source = tmp_path / "file"
    source.write_bytes(CONTENT)
    settings.ATTACHMENTS_CLAMD = f"unix:{tmp_path}/nobody"
    with pytest.raises(Refused) as caught:
        scanner.scan(source)
    assert caught.value.code == "files-scanner"
