"""A charge point of a security profile, booted on TLS against a central system."""

from __future__ import annotations

from typing import Any

from twin.charge_point import SecuritySetup, TypePlate

KEY = b"0123456789abcdef"
SERIAL = "SN-1"
PLATE = TypePlate(serial_number=SERIAL)
TRIGGER = {"requestedMessage": "SignChargePointCertificate"}


def setup(authority: Any, profile: int, **more: Any) -> SecuritySetup:
    own = authority.client(SERIAL)
    certificate = {"certificate": own.pem, "key": own.key_pem} if profile == 3 else {}
    return SecuritySetup(
        profile=profile,
        central_roots=authority.pem if profile >= 2 else "",
        cpo_name="Operator",
        **{**certificate, **more},
    )


async def boot(rig: Any, authority: Any, secure_central: Any, profile: int, **settings: Any) -> Any:
    """Boot on TLS with a security profile; return the central system."""
    central = await secure_central(clients=profile == 3, **settings)
    await rig.boot(url=central.url, key=KEY, type_plate=PLATE, security=setup(authority, profile))
    return central


async def ask(rig: Any, central: Any, action: str, payload: Any) -> Any:
    """Ask something of the charge point, which answers first, and then does it."""
    before = len(central.calls)
    async with rig.driver.exchange():
        answer = await central.call(action, payload)
    assert central.answered[-1] == (action, before), "told before it answered"
    return answer


async def reset(rig: Any, central: Any) -> None:
    """Reset Hard, and see that the boot and the statuses follow."""
    boots = len(central.of("BootNotification"))
    assert await ask(rig, central, "Reset", {"type": "Hard"}) == {"status": "Accepted"}
    await rig.until(lambda: len(central.of("BootNotification")) == boots + 1)
    await rig.until(lambda: rig.cp.online)
    await rig.run(2)
    boot = len(central.actions) - central.actions[::-1].index("BootNotification")
    assert central.actions[boot : boot + 2] == ["StatusNotification"] * 2
    assert central.statuses(0)[-1] == central.statuses(1)[-1] == "Available"


async def signing_request(rig: Any, central: Any) -> str:
    """Have the charger ask for a certificate; return its request."""
    before = len(central.of("SignCertificate"))
    answer = await ask(rig, central, "ExtendedTriggerMessage", TRIGGER)
    assert answer == {"status": "Accepted"}
    await rig.until(lambda: len(central.of("SignCertificate")) == before + 1)
    return str(central.of("SignCertificate")[-1]["csr"])


def signs(central: Any) -> None:
    central.answers["SignCertificate"] = lambda payload: {"status": "Accepted"}
