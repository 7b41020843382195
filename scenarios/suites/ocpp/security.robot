*** Settings ***
Documentation       Keys, TLS and certificates: who gets in, and to whom a charger talks.
Resource            scenarios/resources/ocpp.resource
Suite Setup         Start Central System    tls=True
Suite Teardown      Stop Central System
Test Teardown       Charger Goes
Test Tags           needs:central    needs:security
...                 req:OCPP16.WIRE_FRAMES    req:OCPP16.WIRE_SCHEMA    req:OCPP16.WIRE_ONE_CALL
...                 req:OCPP16.WIRE_UNIQUE_IDS    req:OCPP16.WIRE_ANSWERS    req:OCPP16.WIRE_BOOT_FIRST
...                 req:OCPP16.WIRE_STATUS_AFTER_BOOT    req:OCPP16.WIRE_TRANSACTION_ORDER
...                 req:OCPP16.WIRE_AFTER_STOP    req:OCPP16.WIRE_TLS_OFFER


*** Test Cases ***
A Wrong Key Opens Nothing
    [Tags]    req:OCPP16.REFUSED    req:OCPP16.RETRY_PAUSE
    Charger With Wrong Key
    ${seconds}=    Getting In Within    5 min
    Verify Never    OCPP16.REFUSED    ${seconds}
    ${seconds}=    Least Pause Between Attempts
    Verify    OCPP16.RETRY_PAUSE    ${seconds}

A Certificate And No Key
    [Tags]    req:OCPP16.SECURITY_PROFILE    req:OCPP16.ONE_SESSION    req:OCPP16.SESSION_ENERGY
    ...    req:OCPP16.STOP_REASON
    Charger Of Security Profile    3
    Plug In At Charger
    Show Tag
    Wait For Energy
    Let Charge    5 min
    Unplug At Charger
    ${count}=    Requests By Another Profile    3
    Verify    OCPP16.SECURITY_PROFILE    ${count}
    One Session Was Charged    EVDisconnected

A Key Within TLS
    [Tags]    req:OCPP16.SECURITY_PROFILE    req:OCPP16.ONE_SESSION    req:OCPP16.SESSION_ENERGY
    ...    req:OCPP16.STOP_REASON
    Charger Of Security Profile    2
    Plug In At Charger
    Show Tag
    Wait For Energy
    Let Charge    5 min
    Unplug At Charger
    ${count}=    Requests By Another Profile    2
    Verify    OCPP16.SECURITY_PROFILE    ${count}
    One Session Was Charged    EVDisconnected

A New Key Takes The Place Of The Old One
    [Tags]    req:OCPP16.NEW_KEY    req:OCPP16.REFUSED
    Charger Of Security Profile    1
    ${seconds}=    New Key Until Used
    Verify    OCPP16.NEW_KEY    ${seconds}
    ${seconds}=    Getting In Without TLS    key=former
    Verify Never    OCPP16.REFUSED    ${seconds}

From A Key To TLS And Never Back
    [Tags]    req:OCPP16.RAISED_PROFILE    req:OCPP16.REFUSED    req:OCPP16.WIRE_NO_WAY_BACK
    Charger Of Security Profile    1
    ${seconds}=    Raised Profile Until Used    2
    Verify    OCPP16.RAISED_PROFILE    ${seconds}
    ${seconds}=    Getting In Without TLS
    Verify Never    OCPP16.REFUSED    ${seconds}
    Cut Off TLS    10 min

From A Key To A Certificate Of Its Own
    [Tags]    req:OCPP16.RAISED_PROFILE    req:OCPP16.REFUSED
    Charger Of Security Profile    2
    Get Certificate
    ${seconds}=    Raised Profile Until Used    3
    Verify    OCPP16.RAISED_PROFILE    ${seconds}
    ${seconds}=    Getting In Without TLS
    Verify Never    OCPP16.REFUSED    ${seconds}

An Impostor With A Certificate Of Another Authority Hears Nothing
    [Tags]    req:OCPP16.IMPOSTOR_AUTHORITY    req:OCPP16.SECURITY_EVENTS
    Charger Of Security Profile    2
    ${count}=    Requests To Impostor    foreign authority
    Verify    OCPP16.IMPOSTOR_AUTHORITY    ${count}
    ${count}=    Missing Security Events    StartupOfTheDevice    InvalidCentralSystemCertificate
    Verify    OCPP16.SECURITY_EVENTS    ${count}

An Impostor With A Certificate For Another Name Hears Nothing
    [Tags]    req:OCPP16.IMPOSTOR_NAME
    Charger Of Security Profile    2
    ${count}=    Requests To Impostor    wrong name
    Verify    OCPP16.IMPOSTOR_NAME    ${count}

An Impostor With A Certificate That Has Expired Hears Nothing
    [Tags]    req:OCPP16.IMPOSTOR_DATE
    Charger Of Security Profile    2
    ${count}=    Requests To Impostor    expired
    Verify    OCPP16.IMPOSTOR_DATE    ${count}

A Central System Of Weak TLS Hears Nothing
    [Tags]    req:OCPP16.WEAK_TLS
    Charger Of Security Profile    2
    FOR    ${weak}    IN    TLS 1.1    TLS 1.2 with AES-CBC
        ${count}=    Requests By Weak TLS    ${weak}
        Verify    OCPP16.WEAK_TLS    ${count}
    END

What Happened While The Central System Was Away Is Told Afterwards
    [Tags]    req:OCPP16.SECURITY_EVENTS
    Charger Of Security Profile    2
    Cut Network
    Cut Power Of Charger    online=False
    Let Charge    5 min
    Restore Network
    ${count}=    Missing Security Events    StartupOfTheDevice    StartupOfTheDevice
    Verify    OCPP16.SECURITY_EVENTS    ${count}
