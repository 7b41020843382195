"""Controllers at the other end of the co-simulation link: scripted ones, and the reference."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from twin.control.hardware import Hardware
from twin.controller import ControllerSettings, ReferenceController
from twin.link.codec import codec
from twin.link.frames import (
    GRANT,
    HEADER,
    HELLO,
    LINK_VERSION,
    MAGIC,
    POWER_CUT,
    REGISTER,
    REPLY,
    WELCOME,
    Changed,
    FrameType,
)
from twin.link.layout import block_size, layout_crc
from twin.link.pins import PINS_VERSION, Inputs, Outputs
from twin.link.session import LinkSession
from twin.process import TICK_US, Command, Memory, Report

switched = attrgetter(
    "pilot_mode",
    "pilot_duty_ppm",
    "contactor_main",
    "contactor_l2l3",
    "lock",
    "residual_test",
    "ventilation",
)
"""The outputs whose change ends a grant: all but lamp and display."""


class LinkClosedError(Exception):
    """The twin has closed the link."""


@dataclass(frozen=True)
class Welcome:
    """What the twin said in its greeting."""

    now_us: int
    phase_us: int
    hardware: Hardware
    register_mwh: int


@dataclass(frozen=True)
class Grant:
    """Ticks at or after one instant and before the other, at these inputs."""

    from_us: int
    until_us: int
    inputs: Inputs
    command: Command
    phase_us: int

    @property
    def first_tick_us(self) -> int:
        return self.from_us + (self.phase_us - self.from_us) % TICK_US

    @property
    def last_tick_us(self) -> int:
        return self.until_us - 1 - (self.until_us - 1 - self.phase_us) % TICK_US


class Peer:
    """Speaks the controller's end of the link, one EVSE, on a connected socket."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.cut_us: int | None = None
        self._phase_us = 0

    def hello(
        self,
        *,
        magic: int = MAGIC,
        link: int = LINK_VERSION,
        pins: int = PINS_VERSION,
        crc: int | None = None,
        evses: int = 1,
    ) -> tuple[int, bytes]:
        """Say who is there, and return the type and the body of the twin's answer."""
        crc = layout_crc() if crc is None else crc
        self.send(FrameType.HELLO, HELLO.pack(magic, link, pins, crc, b"scripted"), evses)
        return self.receive()

    def greet(self) -> Welcome:
        kind, body = self.hello()
        assert kind == FrameType.WELCOME
        _, _, _, now_us, self._phase_us = WELCOME.unpack_from(body)
        hardware = codec("hardware").unpack(body, WELCOME.size)
        (register_mwh,) = REGISTER.unpack_from(body, WELCOME.size + block_size("hardware"))
        return Welcome(now_us, self._phase_us, hardware, register_mwh)

    def grant(self) -> Grant | None:
        """Return what is granted next; None: the power is cut, at `cut_us`."""
        kind, body = self.receive()
        if kind == FrameType.POWER_CUT:
            (self.cut_us,) = POWER_CUT.unpack(body)
            return None
        assert kind == FrameType.GRANT
        from_us, until_us = GRANT.unpack_from(body)
        inputs = codec("inputs").unpack(body, GRANT.size)
        command = codec("command").unpack(body, GRANT.size + block_size("inputs"))
        return Grant(from_us, until_us, inputs, command, self._phase_us)

    def reply(
        self, tick_us: int, outputs: Outputs, report: Report, changed: Changed, revision: int = 0
    ) -> None:
        head = REPLY.pack(tick_us, changed, revision)
        blocks = codec("outputs").pack(outputs) + codec("report").pack(report)
        self.send(FrameType.REPLY, head + blocks)

    def send(self, kind: int, body: bytes, evses: int = 1) -> None:
        self.send_bytes(HEADER.pack(kind, evses, len(body)) + body)

    def send_bytes(self, data: bytes) -> None:
        try:
            self.connection.sendall(data)
        except OSError as error:
            raise LinkClosedError from error

    def receive(self) -> tuple[int, bytes]:
        kind, _, size = HEADER.unpack(self._read(HEADER.size))
        return kind, self._read(size)

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            try:
                piece = self.connection.recv(size - len(data))
            except OSError as error:
                raise LinkClosedError from error
            if not piece:
                raise LinkClosedError
            data += piece
        return data


class PlayedFirmware:
    """A controller that a function plays, in a thread of its own behind a socket pair.

    Args:
        play: is given the peer at each start, and returns when it has ended.
        timeout_s: how long the twin waits for an answer, wall time.
    """

    def __init__(self, play: Callable[[Peer], None], timeout_s: float = 30.0) -> None:
        self._play = play
        self._timeout_s = timeout_s
        self._connection: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None
        self.starts = 0

    def start(self) -> LinkSession:
        self.starts += 1
        ours, theirs = socket.socketpair()
        self._connection = theirs
        self._thread = threading.Thread(target=self._run, args=(Peer(theirs),), daemon=True)
        self._thread.start()
        return LinkSession(ours, timeout_s=self._timeout_s)

    def _run(self, peer: Peer) -> None:
        try:
            self._play(peer)
        except LinkClosedError:
            pass
        except Exception as failure:  # noqa: BLE001 -- raised again by kill()
            self._failure = failure
        finally:
            peer.connection.close()

    def kill(self) -> None:
        """End the thread; what went wrong in it goes wrong here."""
        connection, self._connection = self._connection, None
        if connection is not None and connection.fileno() >= 0:
            connection.shutdown(socket.SHUT_RDWR)
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def close(self) -> None:
        self.kill()


class ReferenceAtTheLink:
    """Plays the reference controller through the link; its memory stays over the starts.

    Args:
        settings: its limits.
        hold: called before every answer; a slow controller waits here.
    """

    def __init__(
        self,
        settings: ControllerSettings | None = None,
        hold: Callable[[], object] = lambda: None,
    ) -> None:
        self._settings = settings or ControllerSettings()
        self._hold = hold
        self._memory: Memory | None = None
        self.grants: list[Grant] = []

    def __call__(self, peer: Peer) -> None:
        welcome = peer.greet()
        controller = ReferenceController(self._settings, welcome.hardware)
        memory = self._memory or Memory(energy_wh=welcome.register_mwh / 1000)
        controller.reset(welcome.now_us, memory)
        driven, revision = switched(Outputs()), controller.revision
        while (grant := peer.grant()) is not None:
            self.grants.append(grant)
            controller.command = grant.command
            tick_us = grant.first_tick_us
            while True:
                outputs = controller.step(tick_us, grant.inputs)
                changed = Changed.NOTHING
                if switched(outputs) != driven:
                    driven = switched(outputs)
                    changed |= Changed.OUTPUTS
                if controller.revision != revision:
                    revision = controller.revision
                    changed |= Changed.REPORT
                if changed or tick_us == grant.last_tick_us:
                    break
                # The inputs stand still: in between it would do nothing.
                wake_us = controller.wake_at_us() or grant.last_tick_us
                wake_us += (grant.phase_us - wake_us) % TICK_US
                tick_us = min(max(wake_us, tick_us + TICK_US), grant.last_tick_us)
            self._hold()
            peer.reply(tick_us, outputs, controller.report(), changed, revision)
        assert peer.cut_us is not None
        self._memory = controller.memory(peer.cut_us)
