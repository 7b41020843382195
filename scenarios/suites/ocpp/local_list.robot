*** Settings ***
Documentation       Tags that the charger knows from the central system's list while it is offline.
Resource            scenarios/resources/ocpp.resource
Suite Setup         Start Central System
Suite Teardown      Stop Central System
Test Teardown       Charger Goes
Test Tags           needs:central
...                 req:OCPP16.WIRE_FRAMES    req:OCPP16.WIRE_SCHEMA    req:OCPP16.WIRE_ONE_CALL
...                 req:OCPP16.WIRE_UNIQUE_IDS    req:OCPP16.WIRE_ANSWERS    req:OCPP16.WIRE_BOOT_FIRST
...                 req:OCPP16.WIRE_STATUS_AFTER_BOOT    req:OCPP16.WIRE_TRANSACTION_ORDER
...                 req:OCPP16.WIRE_AFTER_STOP


*** Test Cases ***
A Listed Tag Charges Offline
    [Tags]    req:OCPP16.LISTED_TAG    req:OCPP16.ONE_SESSION    req:OCPP16.SESSION_ENERGY
    ...    req:OCPP16.STOP_REASON
    Charger Is Online
    Send Local List    DRIVER1 Accepted    THIEF Blocked
    Cut Network
    Plug In At Charger
    Show Tag
    ${seconds}=    Wait For Energy
    Verify    OCPP16.LISTED_TAG    ${seconds}
    Let Charge    5 min
    Unplug At Charger
    Restore Network
    One Session Was Charged    EVDisconnected

The List Outlives A Power Cut
    [Tags]    req:OCPP16.LISTED_TAG
    Charger Is Online
    Send Local List    DRIVER1 Accepted
    Cut Power Of Charger
    Cut Network
    Plug In At Charger
    Show Tag
    ${seconds}=    Wait For Energy
    Verify    OCPP16.LISTED_TAG    ${seconds}

A Tag That Is Blocked In The List Gets No Energy Offline
    [Tags]    req:OCPP16.BLOCKED_TAG
    Charger Is Online    AllowOfflineTxForUnknownId=true
    Send Local List    DRIVER1 Accepted    THIEF Blocked
    Cut Network
    Plug In At Charger
    Show Tag    THIEF
    ${seconds}=    Closing Within    30 s
    Verify Never    OCPP16.BLOCKED_TAG    ${seconds}
