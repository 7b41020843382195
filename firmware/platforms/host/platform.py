"""The PlatformIO platform `host`: the compiler of this machine, and nothing to download."""

from platformio.public import PlatformBase


class HostPlatform(PlatformBase):
    """This machine is the board."""
