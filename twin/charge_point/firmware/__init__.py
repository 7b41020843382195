"""Firmware management: `Firmware` is the block, `FirmwareImage` the file that it takes.

`job` keeps an update in the store, `vacating` takes connectors out of service for it;
`signers` says whose signature counts, by `signature` and `revocation`. Fetching is
`twin.charge_point.transfer`.
"""

from twin.charge_point.firmware.block import Firmware
from twin.charge_point.firmware.image import FirmwareImage, UnusableImage, read_image
from twin.charge_point.firmware.job import TABLES, VERSION

__all__ = ["TABLES", "VERSION", "Firmware", "FirmwareImage", "UnusableImage", "read_image"]
