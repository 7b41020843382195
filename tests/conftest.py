"""A real central system as a process of its own, with TLS too, and a charger played by hand."""

from tests.peers.central_process import start_central
from tests.peers.played_charger import play_charger
from tests.peers.secure_central import (
    certified,
    charger_id,
    made_pki,
    operator,
    own_key,
    secure_central,
)

__all__ = [
    "certified",
    "charger_id",
    "made_pki",
    "operator",
    "own_key",
    "play_charger",
    "secure_central",
    "start_central",
]
