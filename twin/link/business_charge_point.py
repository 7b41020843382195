"""A charge point whose business side is a program at the business link (docs/link.md)."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from datetime import datetime
from random import Random

from twin.charge_point.business_side import BusinessSide
from twin.charge_point.calls import Registration
from twin.charge_point.context import Event
from twin.charge_point.security.checks import BadCertificate
from twin.charge_point.status_table import Status
from twin.control.hardware import Hardware
from twin.driver import Driver
from twin.evse import Evse
from twin.link.business import Polled
from twin.link.business_certificates import clock_of, tls_of
from twin.link.business_run import BusinessRun
from twin.link.business_settings import BusinessSettings
from twin.link.firmware import HostBusiness
from twin.link.frames import LinkError
from twin.process import Report


class FirmwareChargePoint(BusinessSide):
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
        if len(evses) != settings.connectors:
            raise ValueError(f"{len(evses)} EVSEs for {settings.connectors} connectors")
        super().__init__(settings.identity, evses, driver, settings.key)
        if settings.security is not None:
            settings.security.check(settings.central_url, settings.key)
        self._settings = settings
        self._program = program
        self._tls = tls
        self._random = Random(f"{settings.identity}/{seed}")
        self._run: BusinessRun | None = None
        self._last: Polled | None = None
        # The twin's time begins anew, and the battery-backed clock with it.
        (program.nvm / "clock.bin").unlink(missing_ok=True)

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
        self._run = BusinessRun(
            self.identity,
            self.evses,
            self.driver,
            session,
            tls=self._connection_tls,
            network_up=lambda: self._network_up,
            on_frame=self._frame,
            said=self._said,
            reset=self._reset,
        )
        self._run.poll()

    def kill(self) -> None:
        """Stop the program this instant; nothing but its memory survives."""
        self._boot_no_more()
        run, self._run = self._run, None
        if run is not None:
            self._last = run.polled
            run.kill()
            self._program.kill()

    async def close(self) -> None:
        """End it for good, with a closing handshake."""
        run, self._run = self._run, None
        self.kill()
        if run is not None:
            await run.close()
        self._program.close()

    def cut_power(self) -> None:
        """Take the power of the whole charger away: EVSEs, controllers and this program."""
        if self._run is not None:
            self._run.cut_power()
        self.kill()
        self._cut_power_of_evses()

    def restore_power(self) -> None:
        """Bring power back; the program is up `BOOT_US` after the controllers."""
        for evse in self.evses:
            evse.restore_power()
        self._boot_later()

    def _reset(self, hard: bool) -> None:
        self.kill()
        self._restart(hard=hard)

    # --- network and people ---

    def _network_changed(self) -> None:
        if self._run is not None:
            self._run.set_network(up=self._network_up)

    def _tag_presented(self, id_tag: str, connector: int) -> None:
        if self._run is not None:
            self._run.happened(lambda to: to.tag(connector, id_tag))

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

    # --- looking at it ---

    @property
    def running(self) -> bool:
        """The program runs."""
        return self._run is not None

    @property
    def connected(self) -> bool:
        """There is a socket."""
        return self._run is not None and self._run.is_open

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
        return 0 if self._run is None else self._run.exchanges

    def status(self, connector: int = 1) -> Status | None:
        """Return the status of a connector (0: the charge point itself), None without power."""
        polled = self._polled
        return None if polled is None else tuple(Status)[polled.shown[connector].status]

    def transaction_id(self, connector: int = 1) -> int | None:
        """Return the number of the transaction on a connector, None without or not yet known."""
        told = self._polled or self._last
        return None if told is None else told.shown[connector].transaction_id

    def in_transaction(self, connector: int = 1) -> bool:
        """Whether a transaction runs on a connector, until its end is in the queue.

        One that is open when the program ends stays so in its memory until it has started again.
        """
        told = self._polled or self._last
        return told is not None and told.shown[connector].in_transaction

    @property
    def _polled(self) -> Polled | None:
        return None if self._run is None else self._run.polled

    # --- told ---

    def _said(self, connector: int, text: str) -> None:
        self._tell(Event(self.driver.clock.now_us, self.identity, connector, text))

    def _reported(self, number: int, now_us: int, report: Report) -> None:  # noqa: ARG002
        # Fresh as it is: the tick that has changed it is this one.
        if self._run is not None:
            self._run.poll()


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
