*** Settings ***
Documentation       Messages that the central system asks for.
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
A Message That Is Asked For Comes Behind The Answer
    [Tags]    req:OCPP16.TRIGGERED
    Charger Is Online
    Plug In At Charger
    Show Tag
    Wait For Energy
    Let Charge    90 s
    FOR    ${message}    IN    StatusNotification    MeterValues    Heartbeat
        ${seconds}=    Trigger Until Message    ${message}
        Verify    OCPP16.TRIGGERED    ${seconds}
    END
    Unplug At Charger
