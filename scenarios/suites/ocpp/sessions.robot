*** Settings ***
Documentation       Charging sessions through a real central system.
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
The Plug Comes First And The Tag After
    [Tags]    req:OCPP16.ONE_SESSION    req:OCPP16.SESSION_ENERGY    req:OCPP16.STOP_REASON
    ...    req:OCPP16.STATUS_SEQUENCE
    Charger Is Online
    Plug In At Charger
    Show Tag
    Wait For Energy
    Let Charge    10 min
    Show Tag
    Let Charge    20 s
    Unplug At Charger
    One Session Was Charged    Local
    ${count}=    Transitions Not Allowed
    Verify    OCPP16.STATUS_SEQUENCE    ${count}

The Tag Comes First And The Plug After
    [Tags]    req:OCPP16.ONE_SESSION    req:OCPP16.SESSION_ENERGY    req:OCPP16.STOP_REASON
    ...    req:OCPP16.METER_VALUES_COMPLETE
    Charger Is Online
    Show Tag
    Let Charge    10 s
    Plug In At Charger
    Wait For Energy
    Let Charge    10 min
    Unplug At Charger
    One Session Was Charged    EVDisconnected
    ${count}=    Missing Samples
    Verify    OCPP16.METER_VALUES_COMPLETE    ${count}

The App Starts And Stops The Charge
    [Tags]    req:OCPP16.ONE_SESSION    req:OCPP16.SESSION_ENERGY    req:OCPP16.STOP_REASON
    ...    req:OCPP16.REMOTE_START
    Charger Is Online
    Plug In At Charger
    Start Remotely
    ${seconds}=    Remote Start Until Energy
    Verify    OCPP16.REMOTE_START    ${seconds}
    Let Charge    5 min
    Stop Remotely
    Unplug At Charger
    One Session Was Charged    Remote

The Driver Pauses And Leaves
    [Tags]    req:OCPP16.ONE_SESSION    req:OCPP16.SESSION_ENERGY    req:OCPP16.STOP_REASON
    ...    req:OCPP16.STATUS_SEQUENCE    req:OCPP16.METER_VALUES_COMPLETE
    Charger Is Online
    Plug In At Charger
    Show Tag
    Wait For Energy
    Let Charge    5 min
    Driver Pauses Vehicle
    Let Charge    10 min
    Unplug At Charger
    One Session Was Charged    EVDisconnected
    ${count}=    Transitions Not Allowed
    Verify    OCPP16.STATUS_SEQUENCE    ${count}
    ${count}=    Missing Samples
    Verify    OCPP16.METER_VALUES_COMPLETE    ${count}

A Refused Tag Gets No Energy
    [Tags]    req:OCPP16.UNKNOWN_TAG
    Charger Is Online
    Plug In At Charger
    Show Tag    NOBODY
    ${seconds}=    Closing Within    30 s
    Verify Never    OCPP16.UNKNOWN_TAG    ${seconds}

The Operator Unlocks The Connector
    [Tags]    req:OCPP16.ONE_SESSION    req:OCPP16.SESSION_ENERGY    req:OCPP16.STOP_REASON
    Charger Is Online    kind=socket
    Plug In At Charger
    Show Tag
    Wait For Energy
    Let Charge    5 min
    Unlock Remotely
    Let Charge    20 s
    Unplug At Charger
    One Session Was Charged    UnlockCommand

The Operator Resets The Charger
    [Tags]    req:OCPP16.ONE_SESSION    req:OCPP16.SESSION_ENERGY    req:OCPP16.STOP_REASON
    ...    req:OCPP16.RESET_WITHOUT_LOAD
    Charger Is Online
    Plug In At Charger
    Show Tag
    Wait For Energy
    Let Charge    5 min
    ${amps}=    Current At Opening After Reset    Soft
    Verify    OCPP16.RESET_WITHOUT_LOAD    ${amps}
    Let Charge    1 min
    One Session Was Charged    SoftReset
