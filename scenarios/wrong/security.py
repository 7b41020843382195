"""Charge points that are wrong in keys, TLS and certificates."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from scenarios.wrong.charge_point import each_run
from scenarios.wrong.entry import Wrong
from twin.charge_point.endpoint import Endpoint
from twin.charge_point.running import Running
from twin.charge_point.security import profiles as security_profiles
from twin.charge_point.security.profiles import SecurityProfiles
from twin.charge_point.security.tls import CIPHER_SUITES, ClientContext
from twin.charge_point.timers import Timers
from twin.clock import Handle


def _profiles(change: Callable[[SecurityProfiles], None]) -> Callable[[Running], None]:
    def changed(running: Running) -> None:
        assert running.security is not None
        change(running.security.profiles)

    return changed


def _has_a_spare_key(profiles: SecurityProfiles) -> None:
    failed, key = profiles.failed, profiles._key
    refused = False

    def failed_wrong(error: Exception | None) -> None:
        nonlocal refused
        refused = True
        failed(error)

    profiles.failed = failed_wrong  # type: ignore[method-assign]
    profiles._key = lambda: profiles._endpoint.key if refused else key()  # type: ignore[method-assign]


class _Impatient(Timers):
    """Waits for 3 s where it should wait for longer."""

    def __init__(self, timers: Timers) -> None:
        self._timers = timers

    def after(self, delay_us: int, action: Callable[[], None]) -> Handle:
        """Call after a delay."""
        return self._timers.after(min(delay_us, 3_000_000), action)


def _hammers(running: Running) -> None:
    running.connection._timers = _Impatient(running.context.timers)


def _shows_its_key(profiles: SecurityProfiles) -> None:
    endpoint = profiles.endpoint
    profiles.endpoint = lambda: replace(endpoint(), key=profiles._key())  # type: ignore[method-assign]


def _keeps_its_key(profiles: SecurityProfiles) -> None:
    key = profiles._key()
    profiles._key = lambda: key  # type: ignore[method-assign]


def _only_promises_a_profile(profiles: SecurityProfiles) -> None:
    reconnect = profiles.reconnect

    def reconnect_wrong() -> None:
        if profiles._tried == str(profiles.profile):
            reconnect()

    profiles.reconnect = reconnect_wrong  # type: ignore[method-assign]


def _goes_back(profiles: SecurityProfiles) -> None:
    opened = profiles.opened

    def opened_wrong() -> None:
        opened()
        profiles._context.store.set_setting(security_profiles._WORKED, "1")

    profiles.opened = opened_wrong  # type: ignore[method-assign]


def _tls(change: Callable[[ClientContext], None]) -> Callable[[SecurityProfiles], None]:
    """Change the TLS of each connection."""

    def changed(profiles: SecurityProfiles) -> None:
        endpoint = profiles.endpoint

        def endpoint_wrong() -> Endpoint:
            found = endpoint()
            if isinstance(found.tls, ClientContext):
                change(found.tls)
            return found

        profiles.endpoint = endpoint_wrong  # type: ignore[method-assign]

    return changed


def _believes_anybody(context: ClientContext) -> None:
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE


def _believes_any_name(context: ClientContext) -> None:
    context.check_hostname = False


def _lives_in_the_past(context: ClientContext) -> None:
    now = context.now
    context.now = lambda: now() - timedelta(hours=12)


def _takes_old_tls(context: ClientContext) -> None:
    with warnings.catch_warnings():
        # That it is deprecated is what is wrong with it.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers(":".join((*CIPHER_SUITES, "ECDHE-ECDSA-AES128-SHA", "@SECLEVEL=0")))


def _offers_a_weak_suite(context: ClientContext) -> None:
    # With the key exchange by RSA, which no central system of these scenarios has a key for.
    context.set_ciphers(":".join((*CIPHER_SUITES, "AES128-SHA")))


def _keeps_events(running: Running) -> None:
    assert running.security is not None
    running.security.events._send = lambda: None  # type: ignore[method-assign]


ENTRIES = (
    Wrong(
        "spare-key", "OCPP16.REFUSED", "where its key is refused it takes that of the factory",
        each_run(_profiles(_has_a_spare_key)),
    ),
    Wrong(
        "hammers", "OCPP16.RETRY_PAUSE", "it calls again 3 s after it was refused, each time",
        each_run(_hammers),
    ),
    Wrong(
        "shows-its-key", "OCPP16.SECURITY_PROFILE", "it presents its key beside its certificate",
        each_run(_profiles(_shows_its_key)),
        {"OCPP16.RAISED_PROFILE": "so it never comes by the certificate alone"},
    ),
    Wrong(
        "keeps-its-key", "OCPP16.NEW_KEY", "it accepts a new key, and goes on with the old one",
        each_run(_profiles(_keeps_its_key)),
    ),
    Wrong(
        "promises-a-profile", "OCPP16.RAISED_PROFILE",
        "it accepts a higher security profile, and stays where it is",
        each_run(_profiles(_only_promises_a_profile)),
        {"OCPP16.REFUSED": "the lower profile is let in until the higher one has come"},
    ),
    Wrong(
        "goes-back", "OCPP16.WIRE_NO_WAY_BACK", "it goes back to profile 1 where another one fails",
        each_run(_profiles(_goes_back)),
    ),
    Wrong(
        "believes-anybody", "OCPP16.IMPOSTOR_AUTHORITY", "it does not ask who has signed",
        each_run(_profiles(_tls(_believes_anybody))),
        {
            "OCPP16.IMPOSTOR_NAME": "nor for whom",
            "OCPP16.SECURITY_EVENTS": "so there is nothing to tell of",
        },
    ),
    Wrong(
        "believes-any-name", "OCPP16.IMPOSTOR_NAME", "it does not look for whom a certificate is",
        each_run(_profiles(_tls(_believes_any_name))),
    ),
    Wrong(
        "lives-in-the-past", "OCPP16.IMPOSTOR_DATE", "it judges dates by half a day ago",
        each_run(_profiles(_tls(_lives_in_the_past))),
    ),
    Wrong(
        "takes-old-tls", "OCPP16.WEAK_TLS", "it speaks TLS down to 1.0, with suites of that time",
        each_run(_profiles(_tls(_takes_old_tls))),
        {
            "OCPP16.WIRE_TLS_OFFER": "it has to offer what it takes",
            "OCPP16.WIRE_FRAMES": "what it says by a suite of TLS 1.1 cannot be read",
        },
    ),
    Wrong(
        "offers-a-weak-suite", "OCPP16.WIRE_TLS_OFFER", "it offers AES-CBC with SHA-1 as well",
        each_run(_profiles(_tls(_offers_a_weak_suite))),
    ),
    Wrong(
        "keeps-events", "OCPP16.SECURITY_EVENTS", "it tells no security event",
        each_run(_keeps_events),
    ),
)  # fmt: skip
"""The wrong charge points."""
