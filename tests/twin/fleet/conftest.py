"""A scripted central system for fleets to be tested against."""

from tests.peers.charge_point_fixtures import central, refusal, silent

__all__ = ["central", "refusal", "silent"]
