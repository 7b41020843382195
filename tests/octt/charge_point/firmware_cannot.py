"""Cases that the firmware's OCPP client cannot do yet, and why; strict: one that passes is noticed.

By the name of the test, or by its name with the parameters of one case.
"""

from __future__ import annotations

CANNOT = {
    "test_tc_032_1_cs_with_backup_power_the_end_is_told_before_it_goes_down": (
        "no backup supply: it goes down with the mains"
    ),
}
