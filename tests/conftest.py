"""A real central system as a process of its own, and a charger played by hand."""

from tests.peers.central_process import start_central
from tests.peers.played_charger import play_charger

__all__ = ["play_charger", "start_central"]
