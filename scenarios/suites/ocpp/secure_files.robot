*** Settings ***
Documentation       Signed firmware and logs of chargers with the security extension.
Resource            scenarios/resources/ocpp.resource
Suite Setup         Start Central System    tls=True
Suite Teardown      Stop Central System
Test Setup          Charger Of Security Profile    2
Test Teardown       Charger Goes
Test Tags           needs:central    needs:files    needs:security
...                 req:OCPP16.WIRE_FRAMES    req:OCPP16.WIRE_SCHEMA    req:OCPP16.WIRE_ONE_CALL
...                 req:OCPP16.WIRE_UNIQUE_IDS    req:OCPP16.WIRE_ANSWERS    req:OCPP16.WIRE_BOOT_FIRST
...                 req:OCPP16.WIRE_STATUS_AFTER_BOOT    req:OCPP16.WIRE_TRANSACTION_ORDER
...                 req:OCPP16.WIRE_AFTER_STOP    req:OCPP16.WIRE_TLS_OFFER
...                 req:OCPP16.WIRE_SECURE_FILE_STATUSES


*** Test Cases ***
Firmware Signed By Its Manufacturer Is Installed
    [Tags]    req:OCPP16.SIGNED_FIRMWARE_INSTALLED    req:OCPP16.FIRMWARE_OUTCOME
    Order Signed Firmware    2.0.0
    ${seconds}=    Signed Firmware Status Within    Installed    5 min
    Verify    OCPP16.SIGNED_FIRMWARE_INSTALLED    ${seconds}
    ${count}=    Wrong Signed Firmware Outcomes    Installed
    Verify    OCPP16.FIRMWARE_OUTCOME    ${count}

Firmware With The Signature Of Another Image Is Not Installed
    [Tags]    req:OCPP16.SIGNED_FIRMWARE    req:OCPP16.SECURITY_EVENTS
    Order Signed Firmware    2.0.0    signed=another image
    Signed Firmware Status Within    InvalidSignature    5 min
    ${count}=    Signed Installations Of    2.0.0
    Verify    OCPP16.SIGNED_FIRMWARE    ${count}
    ${count}=    Missing Security Events    StartupOfTheDevice    InvalidFirmwareSignature
    Verify    OCPP16.SECURITY_EVENTS    ${count}

Firmware Signed By A Stranger Is Not Installed
    [Tags]    req:OCPP16.SIGNED_FIRMWARE    req:OCPP16.SECURITY_EVENTS
    Order Signed Firmware    2.0.0    signer=stranger
    Let Charge    5 min
    ${count}=    Signed Installations Of    2.0.0
    Verify    OCPP16.SIGNED_FIRMWARE    ${count}
    ${count}=    Missing Security Events    StartupOfTheDevice    InvalidFirmwareSigningCertificate
    Verify    OCPP16.SECURITY_EVENTS    ${count}

Firmware That Nobody Has Signed Is Not Installed
    [Tags]    req:OCPP16.SIGNED_FIRMWARE
    Order Unsigned Firmware    2.0.0
    Let Charge    5 min
    ${count}=    Signed Installations Of    2.0.0
    Verify    OCPP16.SIGNED_FIRMWARE    ${count}

Logs Arrive Byte For Byte
    [Tags]    req:OCPP16.LOG_WHOLE
    FOR    ${kind}    IN    SecurityLog    DiagnosticsLog
        ${count}=    Damage To Log    ${kind}
        Verify    OCPP16.LOG_WHOLE    ${count}
    END

A Security Log Has The Events Of The Span Asked For
    [Tags]    req:OCPP16.SECURITY_LOG
    Let Charge    10 min
    Cut Power Of Charger
    ${count}=    Wrong Entries Of Security Log    5 min
    Verify    OCPP16.SECURITY_LOG    ${count}
