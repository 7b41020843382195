"""A charge point whose business side is a program at the business link (docs/link.md)."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from random import Random

from twin.charge_point.authorize import MAX_TAG_LENGTH, check_presented
from twin.charge_point.calls import Registration
from twin.charge_point.context import Event
from twin.charge_point.restart import boot_time_us, let_go
from twin.charge_point.security.checks import BadCertificate
from twin.charge_point.status_table import Status
from twin.charge_point.timers import Timers
from twin.charge_point.watched import EventListener, FrameListener
from twin.clock import Handle
from twin.control.hardware import Hardware
from twin.driver import Driver, Hold
from twin.evse import Evse
from twin.link.business import (
    BusinessSession,
    Close,
    Commanded,
    Connect,
    FileDrop,
    FileEnd,
    FileGet,
    FilePut,
    FileText,
    Ping,
    Polled,
    Said,
    Send,
)
from twin.link.business_certificates import clock_of, tls_of
from twin.link.business_files import BusinessFiles
from twin.link.business_network import BusinessNetwork
from twin.link.business_settings import BusinessSettings
from twin.link.firmware import HostBusiness
from twin.link.frames import LinkError
from twin.plant.ticker import NEVER_US
from twin.process import Command, Report

LOOK_US = 2_000
"""A controller that runs has ticked by then: one that boots is not waited for."""

_COUNTS = ("unlock_count", "clear_faults_count")
_SOFT, _HARD = 1, 2


class _Run:
    """One run of the program, from its start to its end: nothing of it survives."""

    def __init__(
        self,
        session: BusinessSession,
        timers: Timers,
        network: BusinessNetwork,
        files: BusinessFiles,
    ) -> None:
        self.session = session
        self.timers = timers
        self.network = network
        self.files = files
        self.polled: Polled | None = None
        self.polling = False
        self.again = False
        self.due: Handle | None = None
        self.look: Hold | None = None
        self.reports: dict[int, bytes] = {}
        self.counts: dict[int, Command] = {}


class FirmwareChargePoint:
    """A charger's business side at the business link, its EVSEs, and its network.

    It stands where a `twin.charge_point.ChargePoint` does. Power is on from `start` until
    `kill`, `close` or `cut_power`; each start is a new process, with the memory of the one before.

    Args:
        settings: what the maker has set; the program reads it at each start.
        evses: the EVSEs behind connectors 1…N, on the driver's clock.
        program: the program, and the directory of its memory.
        driver: moves the clock.
        tls: for a `wss` address where the program keeps no certificates: whom to believe; None:
            the authorities of this machine.
        seed: draws message ids and the jitter of the back-off.

    Raises:
        ValueError: no EVSE, an empty identity, a key that is not of 16 to 20 bytes, a security
            profile without what it needs.
    """

    def __init__(
        self,
        settings: BusinessSettings,
        evses: Sequence[Evse],
        program: HostBusiness,
        driver: Driver,
        *,
        tls: ssl.SSLContext | None = None,
        seed: int = 0,
    ) -> None:
        if not settings.identity:
            raise ValueError("a charge point needs an identity")
        if not evses or len(evses) != settings.connectors:
            raise ValueError(f"{len(evses)} EVSEs for {settings.connectors} connectors")
        if settings.key is not None and not 16 <= len(settings.key) <= 20:
            raise ValueError(f"an authorization key has 16 to 20 bytes, not {len(settings.key)}")
        if settings.security is not None:
            settings.security.check(settings.central_url, settings.key)
        self.identity = settings.identity
        self.evses = list(evses)
        self.driver = driver
        self._settings = settings
        self._program = program
        self._tls = tls
        self._random = Random(f"{settings.identity}/{seed}")
        self._run: _Run | None = None
        self._booting: Handle | None = None
        self._network_up = True
        self._event_listeners: list[EventListener] = []
        self._frame_listeners: list[FrameListener] = []
        # The twin's time begins anew, and the battery-backed clock with it.
        (program.nvm / "clock.bin").unlink(missing_ok=True)
        for number, evse in enumerate(self.evses, 1):
            evse.on_report(partial(self._reported, number))
            evse.on_tag(partial(self._tag, number))

    # --- power ---

    def start(self) -> None:
        """Start the program at once, as after a boot.

        Raises:
            LinkError: It does not start, or was built with other tables.
        """
        if self._run is not None:
            return
        now_us = self.driver.clock.now_us
        self._settings.write(self._program.nvm, self._random.randrange(1, 1 << 31))
        session = self._program.start()
        try:
            session.greet(now_us, 0, [(_hardware(evse), 0) for evse in self.evses])
        except LinkError:
            session.close()
            self._program.kill()
            raise
        timers = Timers(self.driver.clock)
        network = BusinessNetwork(
            self.identity,
            self.driver,
            timers,
            self._connection_tls,
            on_frame=self._frame,
            changed=lambda state, why: self._happened(lambda to: to.net_state(state, why)),
            heard=lambda text: self._happened(lambda to: to.net_text(text)),
            told=lambda text: self._tell(0, text),
        )
        if not self._network_up:
            network.set_network(up=False)
        files = BusinessFiles(
            self.identity,
            self.driver,
            list,
            lambda: self._network_up,
            self._transferred,
        )
        self._run = _Run(session, timers, network, files)
        self._poll()

    def kill(self) -> None:
        """Stop the program this instant; nothing but its memory survives."""
        if self._booting is not None:
            self._booting.cancel()
            self._booting = None
        run, self._run = self._run, None
        if run is not None:
            self._end(run)
            run.network.kill()

    async def close(self) -> None:
        """End it for good, with a closing handshake."""
        run, self._run = self._run, None
        self.kill()
        if run is not None:
            self._end(run)
            await run.network.close()
        self._program.close()

    def _end(self, run: _Run) -> None:
        run.timers.cancel_all()
        if run.look is not None:
            run.look.release()
        run.files.kill()
        run.session.close()
        self._program.kill()

    def cut_power(self) -> None:
        """Take the power of the whole charger away: EVSEs, controllers and this program."""
        if self._run is not None:
            self._run.session.cut_power(self.driver.clock.now_us)
        self.kill()
        for evse in self.evses:
            evse.cut_power()
            # A controller comes back without the permission it had.
            evse.command(permitted=False, hold_lock=False)

    def restore_power(self) -> None:
        """Bring power back; the program is up `BOOT_US` after the controllers."""
        for evse in self.evses:
            evse.restore_power()
        self._boot_later()

    def _boot_later(self) -> None:
        def up() -> None:
            self._booting = None
            self.start()

        self._booting = self.driver.clock.after(boot_time_us(self.evses), up)

    def _reboot(self, *, hard: bool) -> None:
        self.kill()
        let_go(self.evses, reset=hard)
        self._boot_later()

    # --- network ---

    def cut_network(self) -> None:
        """Cut the network: the link breaks, and no attempt succeeds until it is mended."""
        self._network_up = False
        if self._run is not None:
            self._run.network.set_network(up=False)

    def restore_network(self) -> None:
        """Mend the network; the program is told, as by a modem."""
        self._network_up = True
        if self._run is not None:
            self._run.network.set_network(up=True)

    def _connection_tls(self, own: bool) -> ssl.SSLContext | None:
        settings = self._settings
        nvm = self._program.nvm

        def now() -> datetime:
            return clock_of(nvm, settings.utc_at_zero, self.driver.clock.now_us)

        key_log = None if settings.security is None else settings.security.key_log
        try:
            return tls_of(nvm, now, own=own, key_log=key_log) or self._tls
        except BadCertificate as error:
            raise LinkError(
                f"{self._program.name} keeps what is no certificate: {error}"
            ) from error

    # --- people ---

    def present_tag(self, id_tag: str, connector: int = 1) -> None:
        """Hold a tag to the reader of a connector. Without power nothing happens.

        Raises:
            ValueError: No such connector, or a tag of 0 or more than 20 characters.
        """
        check_presented(id_tag, connector, len(self.evses), self.identity)
        self._happened(lambda to: to.tag(connector, id_tag))

    # --- looking at it ---

    @property
    def running(self) -> bool:
        """The program runs."""
        return self._run is not None

    @property
    def connected(self) -> bool:
        """There is a socket."""
        return self._run is not None and self._run.network.is_open

    @property
    def online(self) -> bool:
        """There is a socket, and the central system has accepted the boot."""
        return self.connected and self.registration is Registration.ACCEPTED

    @property
    def registration(self) -> Registration:
        """What the central system said to the last BootNotification."""
        polled = self._polled
        return Registration.NONE if polled is None else _REGISTRATIONS[polled.registration]

    @property
    def queued(self) -> int:
        """How many transaction messages wait for their acknowledgement; 0 without power."""
        return 0 if self._polled is None else self._polled.queued

    @property
    def settled(self) -> bool:
        """Online, and the central system has acknowledged everything there is to tell."""
        return self._polled is not None and self._polled.idle and self.online

    @property
    def exchanges(self) -> int:
        """Polls since its last boot."""
        return 0 if self._run is None else self._run.session.exchanges

    def status(self, connector: int = 1) -> Status | None:
        """Return the status of a connector (0: the charge point itself), None without power."""
        polled = self._polled
        return None if polled is None else tuple(Status)[polled.shown[connector].status]

    def transaction_id(self, connector: int = 1) -> int | None:
        """Return the number of the transaction on a connector, None without or not yet known."""
        return None if self._polled is None else self._polled.shown[connector].transaction_id

    def in_transaction(self, connector: int = 1) -> bool:
        """Whether a transaction runs on a connector, until its end is in the queue."""
        return self._polled is not None and self._polled.shown[connector].in_transaction

    def on_event(self, listener: EventListener) -> None:
        """Call `listener` for everything worth telling an operator."""
        self._event_listeners.append(listener)

    def on_frame(self, listener: FrameListener) -> None:
        """Call `listener` for each frame, sent or received. Secrets are not masked."""
        self._frame_listeners.append(listener)

    @property
    def _polled(self) -> Polled | None:
        return None if self._run is None else self._run.polled

    def _tell(self, connector: int, text: str) -> None:
        event = Event(self.driver.clock.now_us, self.identity, connector, text)
        for listener in self._event_listeners:
            listener(event)

    def _frame(self, direction: str, text: str) -> None:
        for listener in self._frame_listeners:
            listener(self.driver.clock.now_us, direction, text)

    # --- what happens, and polls ---

    def _reported(self, number: int, now_us: int, report: Report) -> None:  # noqa: ARG002
        # Fresh as it is: the tick that has changed it is this one.
        if self._run is not None:
            self._poll()

    def _tag(self, number: int, id_tag: str) -> None:
        if 1 <= len(id_tag) <= MAX_TAG_LENGTH:
            self.present_tag(id_tag, number)

    def _happened(self, tell: Callable[[BusinessSession], None]) -> None:
        """Tell what has happened, and poll with meters as they are now."""
        if self._run is None:
            return
        tell(self._run.session)
        charging = [evse for evse in self.evses if evse.report().closed]
        if charging and not self._run.polling:
            self._look(charging)
        else:
            self._poll()

    def _transferred(self, transfer: int, outcome: int, content: bytes, why: str) -> None:
        def tell(session: BusinessSession) -> None:
            session.file_data(transfer, content)
            session.file_done(transfer, outcome, why)

        self._happened(tell)

    def _look(self, evses: Sequence[Evse]) -> None:
        """Poll when controllers have ticked once more: a report's meter may be a second old."""
        run = self._run
        assert run is not None
        if run.look is not None:
            return
        look = run.look = self.driver.demand(f"poll of {self.identity}")
        missing = len(evses)

        def poll() -> None:
            if self._run is run and run.look is look:
                self._poll()

        def sampled(now_us: int, report: Report) -> None:  # noqa: ARG001
            nonlocal missing
            missing -= 1
            if missing == 0:
                poll()

        run.timers.after(LOOK_US, poll)
        for evse in evses:
            evse.sample(sampled)

    def _poll(self) -> None:
        run = self._run
        assert run is not None
        if run.polling:
            run.again = True
            return
        run.polling = run.again = True
        while run.again and self._run is run:
            run.again = False
            self._poll_once(run)
        run.polling = False

    def _poll_once(self, run: _Run) -> None:
        now_us = self.driver.clock.now_us
        if run.look is not None:
            run.look.release()
            run.look = None
        for number, evse in enumerate(self.evses, 1):
            run.session.report(number, evse.report())
        asked, polled = run.session.poll(now_us)
        run.polled = polled
        for each in asked:
            match each:
                case Commanded(connector, command):
                    self._command(run, connector, command)
                case Connect():
                    run.network.connect(each)
                case Close():
                    run.network.drop()
                case Send(text):
                    run.network.send(text)
                case Ping(seconds):
                    run.network.ping_every(seconds)
                case Said(connector, text):
                    self._tell(connector, text)
                case FileGet() | FilePut() | FileText() | FileEnd() | FileDrop():
                    run.files.ask(each)
        if run.due is not None:
            run.due.cancel()
            run.due = None
        if polled.reset:
            self._reboot(hard=polled.reset == _HARD)
        elif polled.next_us < NEVER_US:
            wait_us = max(polled.next_us - now_us, 1)
            run.due = run.timers.after(wait_us, lambda: self._look(self.evses))

    def _command(self, run: _Run, connector: int, command: Command) -> None:
        """Hand a command over; the controller's counts go on where the program begins anew."""
        evse = self.evses[connector - 1]
        before = run.counts.get(connector, Command())
        held = evse.controller.command
        counts = {
            name: getattr(held, name) + getattr(command, name) - getattr(before, name)
            for name in _COUNTS
        }
        run.counts[connector] = command
        evse.command(
            permitted=command.permitted,
            limit_a=command.limit_a,
            phases=command.phases,
            available=command.available,
            hold_lock=command.hold_lock,
            **counts,
        )


_REGISTRATIONS = (
    Registration.NONE,
    Registration.PENDING,
    Registration.REJECTED,
    Registration.ACCEPTED,
)


def _hardware(evse: Evse) -> Hardware:
    config = evse.config
    return Hardware(
        kind=config.kind,
        rating_a=config.rating_a,
        phases=config.phases,
        ventilation=config.ventilation,
        lock=config.kind == "socket",
    )
