*** Settings ***
Documentation       Firmware that the central system hands out, and diagnostics that it asks for.
Resource            scenarios/resources/ocpp.resource
Suite Setup         Start Central System
Suite Teardown      Stop Central System
Test Teardown       Charger Goes
Test Tags           needs:central    needs:files
...                 req:OCPP16.WIRE_FRAMES    req:OCPP16.WIRE_SCHEMA    req:OCPP16.WIRE_ONE_CALL
...                 req:OCPP16.WIRE_UNIQUE_IDS    req:OCPP16.WIRE_ANSWERS    req:OCPP16.WIRE_BOOT_FIRST
...                 req:OCPP16.WIRE_STATUS_AFTER_BOOT    req:OCPP16.WIRE_TRANSACTION_ORDER
...                 req:OCPP16.WIRE_AFTER_STOP    req:OCPP16.WIRE_FILE_STATUSES


*** Test Cases ***
New Firmware Is Fetched From The Central System And In Force After A Restart
    [Tags]    req:OCPP16.FIRMWARE_INSTALLED    req:OCPP16.FIRMWARE_VERSION
    Charger Is Online
    Order Firmware    2.0.0
    ${seconds}=    Firmware Status Within    Installed    5 min
    Verify    OCPP16.FIRMWARE_INSTALLED    ${seconds}
    ${count}=    Boots With Another Version    2.0.0
    Verify    OCPP16.FIRMWARE_VERSION    ${count}

The File Server Is Away For Good
    [Tags]    req:OCPP16.FIRMWARE_ATTEMPTS    req:OCPP16.FIRMWARE_OUTCOME
    Charger Is Online
    File Server Is    unavailable
    Order Firmware    2.0.0    retries=2    every=30 s
    Firmware Status Within    DownloadFailed    5 min
    ${count}=    Attempts Beyond    3
    Verify    OCPP16.FIRMWARE_ATTEMPTS    ${count}
    ${count}=    Wrong Firmware Outcomes    DownloadFailed
    Verify    OCPP16.FIRMWARE_OUTCOME    ${count}

The File Is Cut Short And Comes Whole At The Next Attempt
    [Tags]    req:OCPP16.FIRMWARE_ATTEMPTS    req:OCPP16.FIRMWARE_OUTCOME    req:OCPP16.FIRMWARE_VERSION
    Charger Is Online
    File Server Is    cut short
    Order Firmware    2.0.0    retries=3    every=1 min
    Let Charge    30 s
    File Server Is    none
    Firmware Status Within    Installed    5 min
    ${count}=    Attempts Beyond    2
    Verify    OCPP16.FIRMWARE_ATTEMPTS    ${count}
    ${count}=    Boots With Another Version    2.0.0
    Verify    OCPP16.FIRMWARE_VERSION    ${count}
    ${count}=    Wrong Firmware Outcomes    Installed
    Verify    OCPP16.FIRMWARE_OUTCOME    ${count}

Damaged Firmware Is Not Installed
    [Tags]    req:OCPP16.FIRMWARE_DAMAGED    req:OCPP16.FIRMWARE_OUTCOME
    Charger Is Online
    FOR    ${image}    IN    damaged    truncated
        Order Firmware    2.0.0    image=${image}
        Firmware Status Within    InstallationFailed    5 min
        ${count}=    Installations Of    2.0.0
        Verify    OCPP16.FIRMWARE_DAMAGED    ${count}
        ${count}=    Wrong Firmware Outcomes    InstallationFailed
        Verify    OCPP16.FIRMWARE_OUTCOME    ${count}
    END

The Power Goes During The Installation
    [Tags]    req:OCPP16.FIRMWARE_VERSION    req:OCPP16.FIRMWARE_OUTCOME
    Charger Is Online
    Order Firmware    2.0.0
    Let Charge    15 s
    Cut Power Of Charger
    Firmware Status Within    InstallationFailed    5 min
    ${count}=    Boots With Another Version    none
    Verify    OCPP16.FIRMWARE_VERSION    ${count}
    ${count}=    Wrong Firmware Outcomes    InstallationFailed
    Verify    OCPP16.FIRMWARE_OUTCOME    ${count}

The Installation Waits Until The Charge Is Over
    [Tags]    req:OCPP16.FIRMWARE_WAITS    req:OCPP16.ONE_SESSION    req:OCPP16.SESSION_ENERGY
    ...    req:OCPP16.STOP_REASON
    Charger Is Online
    Plug In At Charger
    Show Tag
    Wait For Energy
    Let Charge    2 min
    Order Firmware    2.0.0
    Let Charge    10 min
    Unplug At Charger
    Firmware Status Within    Installed    5 min
    ${seconds}=    Installation After Stop
    Verify    OCPP16.FIRMWARE_WAITS    ${seconds}
    One Session Was Charged    EVDisconnected

Diagnostics Arrive Byte For Byte
    [Tags]    req:OCPP16.DIAGNOSTICS_WHOLE
    Charger Is Online
    ${count}=    Damage To Diagnostics
    Verify    OCPP16.DIAGNOSTICS_WHOLE    ${count}
