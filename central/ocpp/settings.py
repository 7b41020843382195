"""Settings of the OCPP server."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OcppSettings:
    """What the OCPP server is told at its start. Nothing is open by default."""

    min_security_profile: int = 1
    """Lowest security profile that a charger may use: 0 to 3, see `domain.security_profile`."""
    highest_security_profile: int = 1
    """Highest one that can be used here: 2 needs TLS, 3 an authority of chargers besides."""
    accept_unknown_chargers: bool = False
    """Whether a charger that nobody added is added when it connects."""
    accept_unknown_certificates: bool = False
    """Whether it is where it comes with a certificate in its name (security profile 3)."""
    accept_unknown_tags: bool = False
    """Whether an id tag that nobody added may charge."""
    strict: bool = False
    """Refuse every violation of the schema, also in messages that carry revenue."""
    max_frame_bytes: int = 64 * 1024
    """Longest message; a longer one closes the socket with 1009.

    Raise it for chargers whose StopTransaction brings the meter values of a whole day: one that is
    not taken is sent again for ever, with all that is queued behind it. The violation says so.
    """
    heartbeat_interval_s: int = 300
    """Told to chargers in the answer to their boot (OCPP 1.6 section 4.2)."""
    call_timeout_s: float = 30.0
    """How long a charger may take to answer a command."""
    ping_interval_s: float | None = 60.0
    """Between WebSocket pings, which find half-open sockets; None sends none."""
    ping_timeout_s: float = 60.0
    """How long a pong may take before the socket is closed."""
    handshake_timeout_s: float = 10.0
    """How long a client may take from the TCP connection to the end of the handshake."""
    longest_wait_s: float = 8.0
    """How long a charger may be kept waiting before the upgrade while answers are late, see
    `waiting_room`; less than `handshake_timeout_s`, after which it would not be told why."""
    close_timeout_s: float = 10.0
    """How long a charger may take to answer the closing of its socket."""
