"""The seam between plant and controller: the pin table, and the link for controllers elsewhere.

From `pins.toml` and `process.toml` come the pins in Python and C++ and the blocks of the
co-simulation link (docs/link.md). Here are its frames and the twin's end of it; how time is
granted is `twin.plant.granting`. Neither physics nor control logic lives here.
"""
