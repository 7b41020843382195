"""A charge point: OCPP 1.6J Core on top of one to N EVSEs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from twin.charge_point.boot import TypePlate
from twin.charge_point.calls import OnOutcome, Unanswered
from twin.charge_point.endpoint import Endpoint
from twin.charge_point.running import PROFILES, Running
from twin.charge_point.security.setup import SecuritySetup
from twin.charge_point.store import Volatile
from twin.charge_point.wall_time import WallTime
from twin.charge_point.watched import Watched
from twin.clock import Handle
from twin.driver import Driver
from twin.evse import Evse
from twin.process import Report
from wire.frames import Payload

LAST_TICK_US = 2_000
"""From a power cut to after the controllers' last tick, which is at most 1 ms away."""

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""What the battery-backed clock shows at the twin's time 0, unless told otherwise."""


class ChargePoint(Watched):
    """The computer of a charger, its EVSEs, and its link to a central system.

    Everything is called on the loop that runs `driver`. Power is on from
    `start` until `kill`, `close` or `cut_power`.

    Args:
        identity: As the central system knows it.
        central_url: Where the central system listens, such as `ws://127.0.0.1:9000`.
        evses: The EVSEs behind connectors 1…N, on the driver's clock.
        store_path: SQLite file, the charger's non-volatile memory; or a place in memory.
        driver: Moves the clock.
        key: Authorization key, raw bytes, for Basic authentication; None: none.
        security: The security extension of the whitepaper; None: a charger without it, which
            presents its key where it has one, and nothing else.
        type_plate: What it says of itself at boot.
        profiles: Feature profiles it has, of `running.PROFILES`; Core always; None: all.
        configuration: Configuration keys that leave the factory with another value
            than the standard's; what was changed over OCPP wins.
        utc_at_zero: What its battery-backed clock shows at the twin's time 0.
        drift_ppm: How much too fast that clock runs; below 0: too slow.
        backup_s: How long its computer and its modem run on when its power is cut, so that it
            can tell the end of transactions before it goes down; 0: it has no backup supply.
        seed: Draws message ids and the jitter of the back-off.

    Raises:
        ValueError: No EVSE, an empty identity, a key that is not of 16 to 20 bytes, a
            profile that there is none of, a security profile without its key, a backup supply
            that lasts less than no time.
    """

    def __init__(
        self,
        identity: str,
        central_url: str,
        evses: Sequence[Evse],
        store_path: Path | Volatile,
        driver: Driver,
        *,
        key: bytes | None = None,
        security: SecuritySetup | None = None,
        type_plate: TypePlate | None = None,
        profiles: Collection[str] | None = None,
        configuration: Mapping[str, str] | None = None,
        utc_at_zero: datetime = EPOCH,
        drift_ppm: float = 0.0,
        backup_s: float = 0.0,
        seed: int = 0,
    ) -> None:
        super().__init__(identity, evses, driver, key)
        if security is not None:
            security.check(central_url, key)
        if backup_s < 0:
            raise ValueError(f"a backup supply lasts 0 s or longer, not {backup_s} s")
        unknown = set(profiles or ()) - set(PROFILES)
        if unknown:
            raise ValueError(
                f"no feature profile {min(unknown)!r}; there are {', '.join(PROFILES)}"
            )
        self.wall = WallTime(driver.clock, utc_at_zero, drift_ppm)
        self._endpoint = Endpoint(central_url, identity, key)
        self._store_path = store_path
        self._type_plate = type_plate or TypePlate()
        self._profiles = [
            name for name in PROFILES if name == "Core" or profiles is None or name in profiles
        ]
        self._security = security
        self._factory = dict(configuration or {})
        self._random = Random(f"{identity}/{seed}")
        self._backup_us = round(backup_s * 1_000_000)
        self._going_down: Handle | None = None

    # --- power ---

    def start(self) -> None:
        """Start the software at once, as after a boot, and connect.

        Raises:
            StoreError: The store cannot be used.
        """
        if self._running is not None:
            return
        running = Running(
            endpoint=self._endpoint,
            evses=self.evses,
            store_path=self._store_path,
            driver=self.driver,
            wall=self.wall,
            type_plate=self._type_plate,
            factory=self._factory,
            profiles=self._profiles,
            security=self._security,
            random=self._random,
            tell=self._tell,
            on_frame=self._frame,
            on_booking=self._booked,
            reboot=self._reboot,
        )
        running.connection.network_up = self._network_up
        self._running = running
        running.power_on()

    def kill(self) -> None:
        """Stop the software this instant; nothing but the store survives."""
        self._boot_no_more()
        if self._going_down is not None:
            self._going_down.cancel()
            self._going_down = None
        running, self._running = self._running, None
        if running is not None:
            running.kill()

    async def close(self) -> None:
        """Stop the software with a closing handshake."""
        running, self._running = self._running, None
        self.kill()
        if running is not None:
            await running.close()

    def cut_power(self) -> None:
        """Take the power of the whole charger away: EVSEs, controllers and this computer.

        With a backup supply the computer is the last to go.
        """
        if self._going_down is not None:
            return
        if self._running is None or self._backup_us == 0:
            self.kill()
        else:
            clock = self.driver.clock
            self._going_down = clock.after(self._backup_us, self.kill)
            self._running.context.timers.after(LAST_TICK_US, self._running.power_lost)
        self._cut_power_of_evses()

    def restore_power(self) -> None:
        """Bring power back; the software is up `BOOT_US` after the controllers.

        What runs on its backup supply goes down all the same.
        """
        if self._going_down is not None:
            self.kill()
        for evse in self.evses:
            evse.restore_power()
        self._boot_later()

    def _reboot(self, hard: bool) -> None:
        powered = self._going_down is None
        self.kill()
        if powered:
            self._restart(hard=hard)

    # --- network and people ---

    def _network_changed(self) -> None:
        # Once it is mended an attempt follows at once.
        if self._running is not None:
            self._running.connection.set_network(up=self._network_up)

    def _tag_presented(self, id_tag: str, connector: int) -> None:
        if self._running is not None:
            running = self._running
            running.sessions.present_tag(running.context.connectors[connector - 1], id_tag)

    def transfer_data(self, payload: Payload, on_outcome: OnOutcome) -> None:
        """Send a vendor message (OCPP 1.6 section 4.3): `vendorId`, `messageId`, `data`.

        Not kept: `Unanswered` at once where the charger is not online.

        Raises:
            SchemaViolation: The payload is none of a DataTransfer.
        """
        if self._running is None:
            on_outcome(Unanswered())
        else:
            self._running.data_transfer.send(payload, on_outcome)

    # --- told by the EVSEs ---

    def _reported(self, number: int, now_us: int, report: Report) -> None:  # noqa: ARG002
        if self._running is not None and self._going_down is None:
            self._running.reported(number, report)
