*** Settings ***
Documentation       Limits that the central system sets over time, as the plug shows them.
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
The Pilot Follows A Profile That Comes During The Charge
    [Tags]    req:OCPP16.PROFILE_FOLLOWED
    Charger Is Online
    Plug In At Charger
    Show Tag
    Wait For Energy
    Set Charging Profile    16 A from 0 s    10.5 A from 2 min    6 A from 4 min    13 A from 6 min
    ${deviation}=    Greatest Deviation From Profile    8 min
    Verify    OCPP16.PROFILE_FOLLOWED    ${deviation}
    Unplug At Charger

Nothing Is Offered Below Six Amperes And The Charge Goes On After It
    [Tags]    req:OCPP16.PROFILE_FOLLOWED    req:OCPP16.ONE_SESSION    req:OCPP16.SESSION_ENERGY
    ...    req:OCPP16.STOP_REASON
    Charger Is Online
    Plug In At Charger
    Show Tag
    Wait For Energy
    Set Charging Profile    16 A from 0 s    0 A from 2 min    10 A from 4 min
    ${deviation}=    Greatest Deviation From Profile    6 min
    Verify    OCPP16.PROFILE_FOLLOWED    ${deviation}
    Unplug At Charger
    One Session Was Charged    EVDisconnected

A Profile Goes On While The Charger Is Offline
    [Tags]    req:OCPP16.PROFILE_FOLLOWED
    Charger Is Online
    Plug In At Charger
    Show Tag
    Wait For Energy
    Set Charging Profile    16 A from 0 s    8 A from 10 min    purpose=ChargePointMaxProfile
    Cut Network
    ${deviation}=    Greatest Deviation From Profile    15 min
    Verify    OCPP16.PROFILE_FOLLOWED    ${deviation}
    Restore Network
    Unplug At Charger

A Profile Of One Session Ends With It
    [Tags]    req:OCPP16.PROFILE_FOLLOWED
    Charger Is Online
    Plug In At Charger
    Show Tag
    Wait For Energy
    Set Charging Profile    10 A from 0 s    13 A from 2 min    purpose=TxProfile
    ${deviation}=    Greatest Deviation From Profile    4 min
    Verify    OCPP16.PROFILE_FOLLOWED    ${deviation}
    Unplug At Charger
    Plug In At Charger
    Show Tag
    Wait For Energy
    No Profile Holds Any More
    ${deviation}=    Greatest Deviation From Profile    1 min
    Verify    OCPP16.PROFILE_FOLLOWED    ${deviation}
    Unplug At Charger

A Profile Outlives A Power Cut
    [Tags]    req:OCPP16.PROFILE_KEPT
    Charger Is Online
    Set Charging Profile    10 A from 0 s    8 A from 10 min
    Cut Power Of Charger    off=2 min
    Plug In At Charger
    Show Tag
    Wait For Energy
    ${deviation}=    Greatest Deviation From Profile    15 min
    Verify    OCPP16.PROFILE_KEPT    ${deviation}
