"""Files to and from servers: HTTP(S) and FTP(S), beside the twin.

`Transfers` is the whole of it to the blocks: what it fetches or delivers takes
effect when the driver delivers it. `http` and `ftp` speak the protocols.
"""

from twin.charge_point.transfer.attempts import attempts, request_id, retry_interval_s
from twin.charge_point.transfer.location import SCHEMES, Location, TransferFailed, read_location
from twin.charge_point.transfer.transfers import Transfers

__all__ = [
    "SCHEMES",
    "Location",
    "TransferFailed",
    "Transfers",
    "attempts",
    "read_location",
    "request_id",
    "retry_interval_s",
]
