"""Cases that the firmware's OCPP client cannot do yet, and why; strict: one that passes is noticed.

By the name of the test, or by its name with the parameters of one case.
"""

from __future__ import annotations

_FIXED = "its feature profiles are fixed when it is built: none can be left out"

CANNOT = {
    "test_tc_032_1_cs_with_backup_power_the_end_is_told_before_it_goes_down": (
        "no backup supply: it goes down with the mains"
    ),
    "test_tc_042_1_cs_without_a_list_there_is_no_version[firmware-not supported]": _FIXED,
    "test_tc_043_1_cs_a_charge_point_without_the_profile_supports_no_list": _FIXED,
    "test_tc_043_3_cs_a_list_that_cannot_be_stored_has_failed": (
        "its memory is a file that does not fail; firmware/test/ocpp has one that does"
    ),
    "test_tc_048_4_cs_without_reservations_one_is_rejected": _FIXED,
    "test_tc_050_4_cs_without_reservations_no_connector_is_reserved": _FIXED,
}
