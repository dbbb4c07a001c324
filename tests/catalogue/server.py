"""A strict loopback web server: it answers exactly the scripted requests, in order, and anything else is a failure."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    body: bytes = b""
    status: int = 200
    length: int | None = None
    """Content-Length, if not that of `body`: then the connection is closed too early."""
    location: str = ""
    content_range: str = ""
    expect_range: str | None = None
    """The Range header that must have come."""
    hold: threading.Event | None = None
    """The connection stays open after the body until this is set."""
    sent: threading.Event = field(default_factory=threading.Event)
    """Set when the body is out."""


class Server:
    def __init__(self, answers: Sequence[Answer]) -> None:
        self.answers = list(answers)
        self.failures: list[str] = []
        self.paths: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server.answer(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        self.paths.append(request.path)
        request.close_connection = True
        if not self.answers:
            self.failures.append(f"unexpected request {request.path}")
            request.send_error(500)
            return
        answer = self.answers.pop(0)
        if request.headers["Range"] != answer.expect_range:
            self.failures.append(f"Range {request.headers['Range']} instead of {answer.expect_range}")
        request.send_response(answer.status)
        request.send_header("Content-Length", str(len(answer.body) if answer.length is None else answer.length))
        if answer.location:
            request.send_header("Location", answer.location)
        if answer.content_range:
            request.send_header("Content-Range", answer.content_range)
        request.end_headers()
        request.wfile.write(answer.body)
        request.wfile.flush()
        answer.sent.set()
        if answer.hold:
            answer.hold.wait()

    def run(self) -> None:
        self._http.serve_forever(poll_interval=0.02)

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@contextmanager
def serving(*answers: Answer) -> Iterator[Server]:
    """Fails if a request was not as scripted, or if an answer was not asked for."""
    server = Server(answers)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        for answer in answers:
            if answer.hold:
                answer.hold.set()
        server.stop()
        thread.join()
    assert server.failures == []
    assert server.answers == [], "answers nobody asked for"
