"""A charger at a central system: its EVSE and its charge point, of a target, in held time."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from hil.central import Central
from hil.target import EvseFacts, VehicleFacts
from hil.targets.twin import TwinTarget
from hil.wire.files import FileGate
from hil.wire.proxy import RecordingProxy
from hil.wire.recording import Recording
from twin.charge_point import SecuritySetup
from twin.clock import Clock
from twin.driver import ExternalClock, HeldDriver, TwinThread
from twin.evse import Evse
from twin.trace import Trace

Result = TypeVar("Result")

S = 1_000_000
CONFIGURATION = {"MeterValueSampleInterval": "60", "ConnectionTimeOut": "120"}
"""What the charger's configuration says where the factory's values do not suit a scenario."""


class TwinCharger:
    """A charge point with one EVSE, connected to a central system, in held time.

    Time stands still while any exchange with the central system is in flight, so
    a slow host never becomes a slow charger. Everything of the twin lives in a
    thread of its own; the methods here may be called from any other.

    Args:
        target: builds the EVSE, right or deliberately wrong.
        central: the central system.
        identity: of the charge point.
        key: its authorization key.
        evse: facts of the EVSE.
        folder: for the charger's non-volatile memory.
        seed: draws phases, components and latencies.
        configuration: configuration keys with other values.
        security: the security extension that it leaves the factory with; None: without. Where the
            central system listens for TLS is filled in.
    """

    def __init__(
        self,
        target: TwinTarget,
        central: Central,
        identity: str,
        key: bytes,
        evse: EvseFacts,
        folder: Path,
        seed: int,
        configuration: Mapping[str, str] | None = None,
        security: SecuritySetup | None = None,
    ) -> None:
        self.identity = identity
        self.frames: list[tuple[int, str, list[Any]]] = []
        self._target = target
        self._facts = evse
        self._central = central
        self._thread = TwinThread()
        self._clock = Clock()
        self._trace = Trace(["pole_l1"])
        self._external = ExternalClock(central.control, central.epoch)
        self._thread.submit(self._build(central, key, folder, seed, configuration or {}, security))

    async def _build(
        self,
        central: Central,
        key: bytes,
        folder: Path,
        seed: int,
        configuration: Mapping[str, str],
        security: SecuritySetup | None,
    ) -> None:
        self.driver = HeldDriver(self._clock, seed=seed, on_exchange=self._external.tell)
        self.evse: Evse = self._target.make_evse(self._clock, self._facts, seed, trace=self._trace)
        secrets = folder / f"{self.identity}.secrets"
        self.proxy = RecordingProxy(
            central.ocpp, self.driver, tls_url=central.ocpp_tls, key_log=secrets
        )
        await self.proxy.start()
        if security is not None:
            security = replace(security, tls_url=self.proxy.tls_url, key_log=secrets)
        self.files = FileGate(central.files, central.http, self._clock)
        await self.files.start()
        self.charge_point = self._target.make_charge_point(
            self.identity,
            self.proxy.url,
            [self.evse],
            folder,
            self.driver,
            key=key,
            security=security,
            configuration={**CONFIGURATION, **configuration},
            utc_at_zero=central.epoch,
            seed=seed,
        )
        self.charge_point.on_frame(self._frame)
        self.charge_point.start()

    def _frame(self, now_us: int, way: str, text: str) -> None:
        self.frames.append((now_us, way, json.loads(text)))
        if way == "<":
            self.proxy.heard()
        elif self.charge_point.connected:
            self.proxy.sent()

    @property
    def recording(self) -> Recording:
        """Everything that was on the wire, as the central system and the charger had it."""
        return self.proxy.recording

    @property
    def connectors(self) -> int:
        """How many connectors the charge point has."""
        return len(self.charge_point.evses)

    def close(self) -> None:
        """End the charge point and its thread."""
        self._central.has_reached(self.now_us())
        self._thread.submit(self.charge_point.close())
        self._thread.call(lambda: self._target.release(self.evse))
        self._thread.submit(self.proxy.close())
        self._thread.submit(self.files.close())
        self._thread.submit(self._external.close())
        self._thread.close()

    # --- time ---

    def advance(self, duration_us: int) -> None:
        """Let time pass."""
        self._thread.submit(self.driver.advance(duration_us))

    def wait_for(self, condition: Callable[[], bool], timeout_us: int) -> bool:
        """Let time pass until a condition holds; return whether it came to hold."""
        return self._thread.submit(self.driver.advance_until(condition, timeout_us))

    def get_online(self, within_us: int) -> None:
        """Let time pass until it is online, and 5 s more for what there is to tell then."""
        online = self.wait_for(lambda: self.charge_point.online, within_us)
        assert online, f"{self.identity} did not get online"
        self.advance(5 * S)

    @contextmanager
    def exchange(self, moving_s: float = 0.0) -> Iterator[None]:
        """Enclose a call to the central system's REST API."""
        with self._thread.exchange(self.driver, moving_us=int(moving_s * S)):
            yield

    def closings(self, since_us: int) -> list[tuple[int, float]]:
        """Return the changes of the L1 main pole, (time_us, closed)."""
        return self._thread.call(lambda: self._trace.edges("pole_l1", after_us=since_us))

    def now_us(self) -> int:
        """Return the present instant."""
        return self._thread.call(lambda: self._clock.now_us)

    # --- things that happen; each runs in the twin's thread ---

    def do(self, action: Callable[[], object]) -> None:
        """Run something on the twin's thread."""
        self._thread.call(action)

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine on the twin's loop, and return its result."""
        return self._thread.submit(work)

    def plug_in(self, vehicle: VehicleFacts) -> None:
        """Plug a vehicle in."""
        self.do(lambda: self.evse.plug_in(self._target.make_vehicle(vehicle)))

    def cut_power(self) -> None:
        """Take the charger's power away."""
        self.do(self.proxy.power_gone)
        self.do(self.charge_point.cut_power)

    def unplug(self) -> None:
        """Pull the plug, once the lock lets go; by force if it does not."""
        self.do(lambda: self.evse.unplug(by_force=True))
