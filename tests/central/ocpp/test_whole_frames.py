"""What takes whole frames past the library's parser does to no stream what the parser would not."""

import asyncio
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.server import ServerConnection
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.utils import apply_mask

from central.ocpp.socket import ChargerSocket

UPGRADE = (
    b"GET /CP1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
TEXT, BINARY, CONT, CLOSE, PING = 1, 2, 0, 8, 9


class Protocol(ServerProtocol):
    """The library's protocol, which counts how often it is given something."""

    times_given = 0

    def receive_data(self, data):
        self.times_given += 1
        super().receive_data(data)


class Library(ChargerSocket):
    """The same socket, where the library alone reads."""

    def data_received(self, data):
        ServerConnection.data_received(self, data)


class Transport(asyncio.Transport):
    """Keeps what is done with it."""

    def __init__(self):
        super().__init__({"peername": ("127.0.0.1", 1)})
        self.done = []

    def write(self, data):
        self.done.append(bytes(data))

    def write_eof(self):
        self.done.append("eof")

    def can_write_eof(self):
        return True

    def set_write_buffer_limits(self, high=None, low=None):
        pass

    def pause_reading(self):
        self.done.append("pause")

    def resume_reading(self):
        self.done.append("resume")

    def is_closing(self):
        return False


class Listening:
    """Stands where the library's listener does; its handler does nothing."""

    def __init__(self):
        self.handler_tasks = set()

    async def handler(self, connection):
        pass


class Told:
    """A socket, and all that is seen of it from outside."""

    def __init__(self, kind, limit):
        self.protocol = Protocol(max_size=limit)
        self.socket = kind(self.protocol, Listening(), ping_interval=None)
        self.transport = Transport()
        self.heard = []
        self.does = {"accept": self.accept, "hand over": self.hand_over, "close": self.close}
        self.socket.connection_made(self.transport)

    def accept(self):
        if self.socket.request is not None and self.socket.response is None:
            self.socket.response = self.protocol.accept(self.socket.request)
            del self.socket.response.headers["Date"]
            self.protocol.send_response(self.socket.response)
            self.socket.send_data()

    def hand_over(self):
        self.socket.hand_over_to(self.heard.append, lambda: self.heard.append("sign of life"))

    def close(self):
        # The library asserts that no closing came before it had accepted.
        if self.protocol.state is State.OPEN and self.protocol.close_rcvd is None:
            self.protocol.send_close(1001)
            self.socket.send_data()

    def end(self):
        self.socket.eof_received()
        self.socket.connection_lost(None)

    def seen(self):
        cause = self.socket.end.__cause__
        return (
            self.heard,
            self.transport.done,
            self.protocol.state,
            str(self.socket.end),
            self.socket.end.rcvd,
            self.socket.end.sent,
            self.socket.end.rcvd_then_sent,
            str(cause),
            bytes(self.protocol.reader.buffer),
        )


def frame(opcode=TEXT, data=b"", *, fin=True, reserved=0, mask=b"\x01\x02\x03\x04", form=None):
    """Write a frame, also one that is not allowed; its length has 7, 16 or 64 bits."""
    size = len(data)
    form = form or (7 if size < 126 else 16 if size < 2**16 else 64)
    if form == 7:
        size = min(size, 125)
    length = {7: size, 16: 126, 64: 127}[form]
    head = bytes([fin << 7 | reserved << 4 | opcode, (mask is not None) << 7 | length])
    if form == 16:
        head += struct.pack("!H", size % 2**16)
    elif form == 64:
        head += struct.pack("!Q", size)
    return head + (data if mask is None else mask + apply_mask(data, mask))


payloads = st.one_of(
    st.binary(max_size=20),
    st.text(max_size=20).map(str.encode),
    st.sampled_from([0, 1, 124, 125, 126, 127, 299, 300, 301, 65_535, 65_536]).map(bytes),
    st.sampled_from([b"\xff\xfe", b"\xc3", b"\x03\xe8bye", b"\x03\xed", b"\x00"]),
)
masks = st.one_of(st.binary(min_size=4, max_size=4), st.just(bytes(4)))
whole_texts = st.builds(frame, st.just(TEXT), payloads, mask=masks)
sensible = st.builds(
    frame, st.sampled_from([TEXT, BINARY, CONT, CLOSE, PING, 10]), payloads, fin=st.booleans()
)
any_frames = st.builds(
    frame,
    st.integers(0, 15),
    payloads,
    fin=st.booleans(),
    reserved=st.sampled_from([0, 0, 0, 1, 2, 4]),
    mask=st.one_of(masks, st.none()),
    form=st.sampled_from([None, None, 7, 16, 64]),
)
fragmented = st.tuples(payloads, payloads, payloads).map(
    lambda parts: (
        frame(TEXT, parts[0], fin=False)
        + frame(PING, b"x")
        + frame(CONT, parts[1], fin=False)
        + frame(CONT, parts[2])
    )
)
pieces = st.one_of(
    whole_texts, whole_texts, whole_texts, sensible, any_frames, fragmented, st.binary(max_size=12)
)


@st.composite
def courses(draw):
    """Draw what comes, in which chunks, and when the server does what.

    Mostly a chunk is a frame, some are parts of one, and some several.
    """
    course = [UPGRADE]
    held = b""
    for piece in draw(st.lists(pieces, min_size=1, max_size=8)):
        held += piece
        how = draw(st.sampled_from(["whole", "whole", "whole", "cut", "with the next"]))
        if how == "whole":
            course.append(held)
            held = b""
        elif how == "cut":
            at = draw(st.integers(0, min(len(held), 16)))
            course += [held[:at], held[at:]]
            held = b""
    course.append(held)
    if draw(st.integers(0, 9)) == 0:
        course[0:2] = [course[0] + course[1]]
    accepted = min(len(course), 1 + draw(st.sampled_from([0, 0, 0, 0, 1, 2])))
    course.insert(accepted, "accept")
    course.insert(accepted + 1 + draw(st.sampled_from([0, 0, 1, 3])), "hand over")
    if draw(st.integers(0, 9)) == 0:
        course.insert(draw(st.integers(accepted + 1, len(course))), "close")
    return [step for step in course if step]


def play(kind, limit, course):
    """Take a socket through a course."""
    told = Told(kind, limit)
    for step in course:
        if isinstance(step, bytes):
            told.socket.data_received(step)
        else:
            told.does[step]()
    told.end()
    return told


async def _alike(limit, course):
    assert play(ChargerSocket, limit, course).seen() == play(Library, limit, course).seen()


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([125, 300, 65_536, None]), courses())
def test_every_stream_does_what_it_does_to_the_library_alone(limit, course):
    asyncio.run(_alike(limit, course))


EARLIER = [frame(TEXT, b"[1]"), b"\x81", frame(TEXT, b"half", fin=False), frame(PING, b"x")]


@pytest.mark.parametrize(
    "earlier", EARLIER, ids=["nothing open", "half a head", "a fragment", "a ping"]
)
@pytest.mark.parametrize("mask", [b"\xaa\x00\x0f\xff", None], ids=["masked", "unmasked"])
async def test_a_frame_of_any_length_does_what_it_does_to_the_library_alone(earlier, mask):
    for size in (0, 1, 125, 126, 300, 301, 65_535, 65_536):
        for form in (None, 7, 16, 64):
            late = frame(TEXT, b"x" * size, mask=mask, form=form)
            for limit in (300, None):
                await _alike(limit, [UPGRADE, "accept", "hand over", earlier, late, late])


async def test_a_whole_text_frame_does_not_go_through_the_parser():
    messages = [b"", b"[]", "\u00fc".encode(), b"\xff", b"x" * 125, b"x" * 126, b"x" * 65_535]
    course = [UPGRADE, "accept", "hand over", *(frame(TEXT, message) for message in messages)]
    told = play(ChargerSocket, 65_536, course)
    assert told.heard == messages
    assert told.protocol.times_given == 1  # the request


@pytest.mark.parametrize(
    "chunk",
    [
        frame(TEXT, b"[]") * 2,
        frame(TEXT, b"[]", fin=False),
        frame(TEXT, b"[]", reserved=4),
        frame(TEXT, b"[]", mask=None),
        frame(TEXT, b"[]")[:-1],
        frame(TEXT, b"[]") + b"\x81",
        frame(BINARY, b"[]"),
        frame(PING, b"[]"),
        frame(CLOSE, b""),
        frame(TEXT, b"x" * 301),
        frame(TEXT, b"x" * 126, form=64),
    ],
)
async def test_anything_else_goes_through_the_parser(chunk):
    assert play(ChargerSocket, 300, [UPGRADE, "accept", chunk]).protocol.times_given == 2
