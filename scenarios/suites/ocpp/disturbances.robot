*** Settings ***
Documentation       What a session survives: network, power, and the central system itself.
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
Offline During The Charge And Back
    [Tags]    req:OCPP16.ONE_SESSION    req:OCPP16.SESSION_ENERGY    req:OCPP16.STOP_REASON
    ...    req:OCPP16.METER_VALUES_COMPLETE
    Charger Is Online
    Plug In At Charger
    Show Tag
    Wait For Energy
    Let Charge    3 min
    Cut Network
    Let Charge    20 min
    Restore Network
    Let Charge    3 min
    Unplug At Charger
    One Session Was Charged    EVDisconnected
    ${count}=    Missing Samples
    Verify    OCPP16.METER_VALUES_COMPLETE    ${count}

The Charge Ends While Offline
    [Tags]    req:OCPP16.ONE_SESSION    req:OCPP16.SESSION_ENERGY    req:OCPP16.STOP_REASON
    Charger Is Online
    Plug In At Charger
    Show Tag
    Wait For Energy
    Let Charge    3 min
    Cut Network
    Let Charge    10 min
    Unplug At Charger
    Let Charge    30 min
    Restore Network
    One Session Was Charged    EVDisconnected

Power Goes During The Charge
    [Tags]    req:OCPP16.ONE_SESSION    req:OCPP16.STOP_REASON    req:OCPP16.METER_VALUES_MONOTONIC
    Charger Is Online
    Plug In At Charger
    Show Tag
    Wait For Energy
    Let Charge    10 min
    Cut Power Of Charger    off=2 min
    ${count}=    Sessions At Central System
    Verify    OCPP16.ONE_SESSION    ${count}
    ${wrong}=    Wrong Stop Reasons    PowerLoss
    Verify    OCPP16.STOP_REASON    ${wrong}
    ${fall}=    Largest Register Step Back
    Verify    OCPP16.METER_VALUES_MONOTONIC    ${fall}

The Central System Fails And Comes Back During The Charge
    [Tags]    req:OCPP16.ONE_SESSION    req:OCPP16.SESSION_ENERGY    req:OCPP16.STOP_REASON
    ...    req:OCPP16.METER_VALUES_COMPLETE
    Charger Is Online
    Plug In At Charger
    Show Tag
    Wait For Energy
    Let Charge    5 min
    Kill And Restart Central System    down=10 min
    Let Charge    5 min
    Unplug At Charger
    One Session Was Charged    EVDisconnected
    ${count}=    Missing Samples
    Verify    OCPP16.METER_VALUES_COMPLETE    ${count}
