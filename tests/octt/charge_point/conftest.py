"""A scripted central system on a real socket, and a charge point on the real plant."""

from tests.peers.charge_point_fixtures import (
    central,
    fresh_rig,
    make_rig,
    refusal,
    rig,
    silent,
)

__all__ = ["central", "fresh_rig", "make_rig", "refusal", "rig", "silent"]
