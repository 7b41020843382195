"""A scripted central system on a real socket, and a charge point on the real plant."""

from tests.peers.charge_point_fixtures import (
    central,
    fresh_rig,
    make_rig,
    refusal,
    rig,
    silent,
)
from tests.peers.security_fixtures import authority, pki, secure_central

__all__ = [
    "authority",
    "central",
    "fresh_rig",
    "make_rig",
    "pki",
    "refusal",
    "rig",
    "secure_central",
    "silent",
]
