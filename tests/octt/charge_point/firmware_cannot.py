"""Cases that the firmware's OCPP client cannot do yet, and why; strict: one that passes is noticed.

By the name of the test, or by its name with the parameters of one case.
"""

from __future__ import annotations

_SECURITY = "no certificates yet, and so neither TLS nor firmware with a signature"
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
    "test_tc_073_cs_a_new_authorization_key_is_used_from_the_next_connection[firmware-2]": (
        _SECURITY
    ),
    "test_tc_074_cs_a_renewed_certificate_is_used_from_the_next_connection": _SECURITY,
    "test_tc_075_1_cs_a_root_of_the_manufacturer_is_installed": _SECURITY,
    "test_tc_075_2_cs_a_root_of_the_central_system_is_installed": _SECURITY,
    "test_tc_076_cs_a_deleted_certificate_is_gone_from_the_list": _SECURITY,
    "test_tc_077_cs_a_bad_certificate_of_the_charger_is_rejected_and_told": _SECURITY,
    "test_tc_078_cs_a_bad_root_of_the_central_system_is_rejected_and_told": _SECURITY,
    "test_tc_080_cs_firmware_with_a_good_signature_is_installed": _SECURITY,
    "test_tc_081_cs_firmware_with_a_wrong_signature_is_not_installed": _SECURITY,
    "test_tc_083_cs_the_next_security_profile_is_used_from_the_next_connection": _SECURITY,
    "test_tc_084_cs_a_lower_security_profile_is_rejected": _SECURITY,
    "test_tc_085_cs_the_identity_and_the_key_are_presented[firmware-2]": _SECURITY,
    "test_tc_086_cs_tls_is_new_enough_and_offers_the_suites": _SECURITY,
    "test_tc_087_cs_the_charger_shows_a_certificate_in_its_name": _SECURITY,
}
