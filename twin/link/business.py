"""One business side at the other end of the business link: greeting, polls, end."""

from __future__ import annotations

from dataclasses import dataclass

from twin.link.business_frames import (
    KEY_BYTES,
    MAX_FILE,
    MAX_TEXT,
    SHOWN,
    STRUCTS,
    BusinessFrame,
)
from twin.link.channel import Channel
from twin.link.codec import codec
from twin.link.frames import LinkError
from twin.process import Command, Report

MOST_ASKED = 10_000
"""Frames of one poll: a program that asks for more does not end."""

MOST_WHY = 200
"""Of the words of why a transfer failed so many bytes are told."""


@dataclass(frozen=True, slots=True)
class Commanded:
    """What is asked of the controller of a connector."""

    connector: int
    command: Command


@dataclass(frozen=True, slots=True)
class Connect:
    """An attempt to open a socket."""

    url: str
    subprotocol: str
    user: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """The socket is given up."""


@dataclass(frozen=True, slots=True)
class Send:
    """A message to the central system."""

    text: str


@dataclass(frozen=True, slots=True)
class Ping:
    """How often to ping, seconds; 0: never."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Said:
    """Something worth telling an operator."""

    connector: int
    text: str


@dataclass(frozen=True, slots=True)
class FileGet:
    """A file to be fetched; the number is told with what comes of it."""

    transfer: int
    url: str


@dataclass(frozen=True, slots=True)
class FilePut:
    """A file to be delivered into the folder at a URL, of the pieces that follow."""

    transfer: int
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class FileText:
    """The next piece of a file to be delivered."""

    transfer: int
    content: bytes


@dataclass(frozen=True, slots=True)
class FileEnd:
    """That was the last piece: deliver it."""

    transfer: int


@dataclass(frozen=True, slots=True)
class FileDrop:
    """A transfer is given up."""

    transfer: int


FileAsked = FileGet | FilePut | FileText | FileEnd | FileDrop
Asked = Commanded | Connect | Close | Send | Ping | Said | FileAsked


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be shown of a connector, or of the charge point itself.

    Attributes:
        status: ChargePointStatus, counted from Available as in the table of OCPP 1.6 4.9.
        in_transaction: a transaction runs.
        transaction_id: the central system's number of it; None: none, or not known yet.
    """

    status: int
    in_transaction: bool
    transaction_id: int | None


@dataclass(frozen=True, slots=True)
class Polled:
    """The end of a poll.

    Attributes:
        next_us: when to poll again, if nothing happens before.
        reset: 0 none, 1 this program, 2 the controllers too.
        registration: 0 none, 1 Pending, 2 Rejected, 3 Accepted.
        idle: all there is to tell has been acknowledged.
        queued: messages of transactions that wait to be acknowledged.
        shown: of the charge point itself, then of each connector.
    """

    next_us: int
    reset: int
    registration: int
    idle: bool
    queued: int
    shown: tuple[Shown, ...]


class BusinessSession(Channel):
    """Speaks with one program that has connected; see `Channel`.

    What happens is told and acted upon in the next poll.

    Attributes:
        exchanges: polls so far.
    """

    kinds = BusinessFrame
    max_body = 0xFFFF
    exchanges = 0
    _happened = b""

    # --- what happens ---

    def report(self, connector: int, report: Report) -> None:
        """Tell what a controller says."""
        block = codec("report").pack(report)
        self._tell(BusinessFrame.REPORT, STRUCTS[BusinessFrame.REPORT].pack(connector) + block)

    def tag(self, connector: int, id_tag: str) -> None:
        """Tell that a tag was held to a reader."""
        text = id_tag.encode("ascii", "replace")
        self._tell(BusinessFrame.TAG, STRUCTS[BusinessFrame.TAG].pack(connector, text))

    def net_state(self, state: int, failure: int = 0) -> None:
        """Tell what has become of the socket, of `NET_STATES`, and why, of `NET_FAILURES`."""
        self._tell(BusinessFrame.NET_STATE, STRUCTS[BusinessFrame.NET_STATE].pack(state, failure))

    def net_text(self, text: bytes) -> None:
        """Tell a message of the central system."""
        size = STRUCTS[BusinessFrame.NET_TEXT].pack(len(text))
        self._tell(BusinessFrame.NET_TEXT, size + text[:MAX_TEXT])

    def file_data(self, transfer: int, content: bytes) -> None:
        """Tell a file that was fetched, in as many pieces as it takes."""
        number = STRUCTS[BusinessFrame.FILE_DATA].pack(transfer)
        for at in range(0, len(content), MAX_FILE):
            self._tell(BusinessFrame.FILE_DATA, number + content[at : at + MAX_FILE])

    def file_done(self, transfer: int, outcome: int, why: str = "") -> None:
        """Tell what has become of a transfer, of `FILE_OUTCOMES`."""
        done = STRUCTS[BusinessFrame.FILE_DONE].pack(transfer, outcome)
        self._tell(BusinessFrame.FILE_DONE, done + why.encode()[:MOST_WHY])

    def _tell(self, kind: BusinessFrame, body: bytes) -> None:
        self._happened += self._frame(kind, body)

    # --- polls ---

    def poll(self, now_us: int) -> tuple[list[Asked], Polled]:
        """Have the program act; return what it asks for, in order.

        Raises:
            LinkError: it is gone, silent, or breaks the rules of the link.
        """
        self._tell(BusinessFrame.POLL, STRUCTS[BusinessFrame.POLL].pack(now_us))
        happened, self._happened = self._happened, b""
        self._send_all(happened)
        self.exchanges += 1
        asked: list[Asked] = []
        while len(asked) < MOST_ASKED:
            kind, evses, body = self._receive()
            frame = STRUCTS.get(kind)  # type: ignore[call-overload]
            if frame is None or evses != self.evses or len(body) < frame.size:
                raise self._wrong(kind, body)
            if kind == BusinessFrame.POLLED:
                return asked, self._polled(body)
            asked.append(self._asked(kind, frame.unpack_from(body), body, frame.size))
        raise LinkError(f"{self.name} asks for more than {MOST_ASKED} things in one poll")

    def _wrong(self, kind: int, body: memoryview) -> LinkError:
        name = BusinessFrame(kind).name
        return LinkError(f"{self.name} answered a poll with {name}, {len(body)} bytes")

    def _asked(self, kind: int, parts: tuple[object, ...], body: memoryview, at: int) -> Asked:
        rest = len(body) - at
        match kind, parts:
            case BusinessFrame.COMMAND, (int(connector),):
                block = codec("command")
                if not 1 <= connector <= self.evses or rest != block.size:
                    raise self._wrong(kind, body)
                return Commanded(connector, block.unpack(body, at))
            case (
                BusinessFrame.NET_CONNECT,
                (bytes(url), bytes(subprotocol), bytes(user), int(size), bytes(key)),
            ):
                if rest or size > KEY_BYTES:
                    raise self._wrong(kind, body)
                return Connect(_text(url), _text(subprotocol), _text(user), key[:size])
            case BusinessFrame.NET_CLOSE, () if not rest:
                return Close()
            case BusinessFrame.NET_SEND, ():
                return Send(bytes(body).decode(errors="replace"))
            case BusinessFrame.NET_PING, (int(seconds),) if not rest:
                return Ping(seconds)
            case BusinessFrame.EVENT, (int(connector),) if connector <= self.evses:
                return Said(connector, bytes(body[at:]).decode(errors="replace"))
            case BusinessFrame.FILE_GET, (int(transfer),):
                return FileGet(transfer, bytes(body[at:]).decode(errors="replace"))
            case BusinessFrame.FILE_PUT, (int(transfer), bytes(name)):
                return FilePut(transfer, _text(name), bytes(body[at:]).decode(errors="replace"))
            case BusinessFrame.FILE_TEXT, (int(transfer),) if rest <= MAX_FILE:
                return FileText(transfer, bytes(body[at:]))
            case BusinessFrame.FILE_END, (int(transfer),) if not rest:
                return FileEnd(transfer)
            case BusinessFrame.FILE_DROP, (int(transfer),) if not rest:
                return FileDrop(transfer)
        raise self._wrong(kind, body)

    def _polled(self, body: memoryview) -> Polled:
        frame = STRUCTS[BusinessFrame.POLLED]
        if len(body) != frame.size + (self.evses + 1) * SHOWN.size:
            raise self._wrong(BusinessFrame.POLLED, body)
        next_us, reset, registration, idle, queued = frame.unpack_from(body)
        shown = []
        for status, in_transaction, numbered, number in SHOWN.iter_unpack(body[frame.size :]):
            if status > 8:
                raise LinkError(f"{self.name} shows status {status}: there are 0 to 8")
            transaction_id = number if in_transaction and numbered else None
            shown.append(Shown(status, bool(in_transaction), transaction_id))
        if reset > 2 or registration > 3:
            raise LinkError(f"{self.name} wants reset {reset}, registration {registration}")
        return Polled(next_us, reset, registration, bool(idle), queued, tuple(shown))


def _text(padded: bytes) -> str:
    return padded.rstrip(b"\0").decode(errors="replace")
