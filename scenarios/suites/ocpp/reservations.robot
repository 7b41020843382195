*** Settings ***
Documentation       A connector that is kept for somebody.
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
Nobody Else Charges At A Reserved Connector
    [Tags]    req:OCPP16.RESERVED_FOR_ANOTHER
    Charger Is Online
    Admit Tag    DRIVER2
    Reserve Connector    DRIVER1
    Plug In At Charger
    Show Tag    DRIVER2
    ${seconds}=    Closing Within    30 s
    Verify Never    OCPP16.RESERVED_FOR_ANOTHER    ${seconds}

The One Who Has Reserved Charges And Uses The Reservation Up
    [Tags]    req:OCPP16.RESERVATION_NAMED    req:OCPP16.ONE_SESSION    req:OCPP16.SESSION_ENERGY
    ...    req:OCPP16.STOP_REASON    req:OCPP16.STATUS_SEQUENCE
    Charger Is Online
    Reserve Connector    DRIVER1
    Show Tag
    Plug In At Charger
    Wait For Energy
    Let Charge    5 min
    Unplug At Charger
    ${count}=    Starts Without Reservation
    Verify    OCPP16.RESERVATION_NAMED    ${count}
    One Session Was Charged    EVDisconnected
    ${count}=    Transitions Not Allowed
    Verify    OCPP16.STATUS_SEQUENCE    ${count}
