"""`evseloop twin`: chargers of the twin that play by themselves at any central system."""

from __future__ import annotations

import asyncio
import signal
import string
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from evseloop.errors import CommandError
from evseloop.host_controllers import HostControllers
from evseloop.inputs import MOST_SPEED, central_url, folder
from evseloop.scenarios import host_program
from twin.charge_point import Event, SecuritySetup, StoreError
from twin.charge_point.charger import Charger, MakeController, reference_controller
from twin.charge_point.station import PlayedCharger, Station, StationPlan
from twin.clock import Clock
from twin.driver import DriverFailed, PacedDriver
from twin.evse_config import EvseConfig
from twin.link.business_charger import FirmwareCharger
from twin.link.frames import LinkError

app = typer.Typer(add_completion=False)

VEHICLES = {"tethered": "byd-atto-3", "socket": "renault-zoe-ze50", "plain": "super-soco-tc-max"}
"""Who comes to an EVSE of a kind unless a vehicle is named."""

FOREVER_US = 10**18


class Kind(StrEnum):
    """Kinds of EVSE, see `twin.evse_config`."""

    tethered = "tethered"
    socket = "socket"
    plain = "plain"


class Pilot(StrEnum):
    """How the control pilot's plateaus come to the controller, see `twin.evse_config`."""

    settled = "settled"
    raw = "raw"


class Controller(StrEnum):
    """What drives the pins."""

    reference = "reference"
    host = "host"


def play(
    plans: Sequence[StationPlan],
    central_url: str,
    *,
    speed: float = 1.0,
    state: Path = Path(".evseloop"),
    tell: Callable[[str], None] = print,
) -> None:
    """Run chargers against a central system until SIGINT or SIGTERM; blocks, main thread only.

    Args:
        plans: The chargers.
        central_url: Where the central system listens, such as `ws://127.0.0.1:9000`.
        speed: Seconds of twin time in a second of wall time.
        state: Folder for what the chargers remember.
        tell: Called with a line for everything that happens.

    Raises:
        ValueError: A plan cannot be.
        StoreError: The memory of a charger cannot be used.
        DriverFailed: The twin stopped at an error of its own.
    """
    asyncio.run(_play(plans, central_url, speed, state, tell))


async def _play(
    plans: Sequence[StationPlan],
    central_url: str,
    speed: float,
    state: Path,
    tell: Callable[[str], None],
) -> None:
    begun = datetime.now(UTC)
    driver = PacedDriver(Clock(), factor=speed)

    def line(event: Event) -> None:
        at = begun + timedelta(microseconds=event.time_us)
        where = event.identity + (f"/{event.connector}" if event.connector else "")
        tell(f"{at:%H:%M:%S} {where:<20} {event.text}")

    stations = [Station(plan, central_url, driver, state, utc_at_zero=begun) for plan in plans]
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with driver:
        for station in stations:
            station.on_event(line)
            station.start()
        stopping = asyncio.create_task(stop.wait())
        running = asyncio.create_task(driver.advance(FOREVER_US))
        await asyncio.wait([stopping, running], return_when=asyncio.FIRST_COMPLETED)
        for station in stations:
            await station.close()
        for task in (stopping, running):
            task.cancel()
        await asyncio.wait([stopping, running])
        if not running.cancelled():
            running.result()


@app.command()
def twin(
    identity: Annotated[str, typer.Option("--id", help="charge point id")] = "CP1",
    central: Annotated[
        str, typer.Option(metavar="URL", help="central system, without the id")
    ] = "ws://127.0.0.1:9000",
    key: Annotated[
        str | None,
        typer.Option(
            help="authorization key: 32 to 40 hexadecimal digits, or 16 to 20 characters",
            envvar="EVSELOOP_KEY",
        ),
    ] = None,
    security_profile: Annotated[
        int | None,
        typer.Option(
            min=0, max=3, help="of the security whitepaper: 1 key, 2 key on TLS, 3 certificate"
        ),
    ] = None,
    ca: Annotated[
        Path | None, typer.Option(metavar="FILE", help="PEM: roots of the central system")
    ] = None,
    cert: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="PEM: the charger's certificate, then its issuers"),
    ] = None,
    cert_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="PEM: the private key to --cert")
    ] = None,
    speed: Annotated[
        float, typer.Option(help="twin seconds per wall second", max=MOST_SPEED)
    ] = 1.0,
    vehicle: Annotated[
        list[str] | None, typer.Option(help="catalogue name; may be given several times")
    ] = None,
    id_tag: Annotated[
        list[str] | None,
        typer.Option(help="a driver's tag, several times for several; default: ID-1, ID-2…"),
    ] = None,
    kind: Annotated[Kind, typer.Option(help="kind of EVSE")] = Kind.tethered,
    phases: Annotated[int, typer.Option(help="1 or 3")] = 3,
    rating: Annotated[float, typer.Option(help="amps per phase, 6 to 80")] = 32.0,
    connectors: Annotated[int, typer.Option(min=1, max=16)] = 1,
    controller: Annotated[
        Controller, typer.Option(help="what drives the pins: ours in Python, or a program")
    ] = Controller.reference,
    program: Annotated[
        Path | None,
        typer.Option(help="controller host: which; default: the firmware's host build"),
    ] = None,
    ocpp_program: Annotated[
        Path | None,
        typer.Option(
            help="controller host: the OCPP side's program; default: the firmware's, with its "
            "controller"
        ),
    ] = None,
    gdb: Annotated[
        bool, typer.Option("--gdb", help="controller host: each start waits for a debugger")
    ] = False,
    pilot: Annotated[
        Pilot, typer.Option(help="the pilot's settled plateaus, or a stream of raw samples")
    ] = Pilot.settled,
    seed: Annotated[int, typer.Option(help="draws who comes when")] = 0,
    state: Annotated[Path, typer.Option(help="folder for what the charger remembers")] = Path(
        ".evseloop"
    ),
) -> None:
    """Run one charger of the twin against any OCPP 1.6J central system, until Ctrl-C.

    Vehicles come, charge and go by a seeded plan; every event is a line on stdout.

    Without --security-profile, --ca or --cert the charger has no security extension; with them
    the profile follows from the address, the key and the certificate unless it is given.

    Example: evseloop twin --id CP1 --central ws://127.0.0.1:9000 --speed 20 --vehicle vw-id3-58
    """
    central_url(central)
    folder("--state", state)
    make: MakeController = reference_controller
    charger: Callable[..., PlayedCharger] = Charger
    if controller is Controller.host:
        make = HostControllers(program, state / quote(identity, safe=""), gdb=gdb)
        if program is None or ocpp_program is not None:
            charger = partial(FirmwareCharger, program=host_program(ocpp_program))
    elif ocpp_program is not None:
        raise CommandError("--ocpp-program goes with --controller host")
    elif program is not None or gdb:
        raise CommandError("--program and --gdb go with --controller host")
    try:
        plan = StationPlan(
            identity=identity,
            evses=tuple(
                EvseConfig(
                    kind=kind.value,
                    phases=phases,
                    rating_a=rating,
                    seed=seed + number,
                    pilot=pilot.value,
                )
                for number in range(connectors)
            ),
            vehicles=tuple(vehicle or [VEHICLES[kind.value]]),
            id_tags=tuple(_tag(each) for each in id_tag or _tags_of(identity, connectors)),
            key=None if key is None else _key(key),
            security=_security(security_profile, central, key, ca, cert, cert_key),
            seed=seed,
            controller=make,
            charger=charger,
        )
        play([plan], central, speed=speed, state=state, tell=_print)
    except (ValueError, StoreError) as error:
        raise CommandError(str(error)) from error
    except DriverFailed as failure:
        if isinstance(failure.__cause__, StoreError | LinkError):
            raise CommandError(str(failure.__cause__)) from failure
        raise
    finally:
        if isinstance(make, HostControllers):
            make.close()


def _security(
    profile: int | None,
    central: str,
    key: str | None,
    ca: Path | None,
    cert: Path | None,
    cert_key: Path | None,
) -> SecuritySetup | None:
    """Return the security extension, None where nothing was said of it."""
    if profile is None and ca is None and cert is None and cert_key is None:
        return None
    if profile is None and central.startswith("wss:"):
        profile = 2 if cert is None else 3
    elif profile is None:
        profile = 0 if key is None else 1
    return SecuritySetup(
        profile=profile,
        central_roots=_read("--ca", ca),
        certificate=_read("--cert", cert),
        key=_read("--cert-key", cert_key),
    )


def _read(option: str, path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{option} {path}: {error}") from error


def _print(line: str) -> None:
    print(line, flush=True)


def _tags_of(identity: str, connectors: int) -> list[str]:
    """Return a tag for each connector: a central system lets none charge twice at once."""
    return [f"{identity[:17]}-{number}" for number in range(1, connectors + 1)]


def _tag(text: str) -> str:
    if not 1 <= len(text) <= 20:
        raise CommandError(f"--id-tag {text!r}: a tag has 1 to 20 characters")
    return text


def _key(text: str) -> bytes:
    if 32 <= len(text) <= 40 and len(text) % 2 == 0 and set(text) <= set(string.hexdigits):
        return bytes.fromhex(text)
    raw = text.encode()
    if 16 <= len(raw) <= 20:
        return raw
    raise CommandError("--key: 32 to 40 hexadecimal digits, or 16 to 20 characters")
