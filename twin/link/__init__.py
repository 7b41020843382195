"""The seam between plant and controller: the pin table and what is generated from it.

The co-simulation link for host-built firmware joins here. Neither physics nor
control logic lives here.
"""
