*** Settings ***
Documentation       What happens after: the way back from faults that heal.
Resource            scenarios/resources/electrics.resource
Test Tags           needs:supply    needs:vehicle    needs:contactor


*** Test Cases ***
Charging Resumes Above 88 Percent Only
    [Tags]    req:EVSELOOP.RESUME_88_PERCENT
    Vehicle Is Charging    byd-atto-3    soc=40    limit=6
    ${percent}=    Lowest Voltage That Resumes
    Verify    EVSELOOP.RESUME_88_PERCENT    ${percent}

Charging Resumes After Ten Good Seconds
    [Tags]    req:EVSELOOP.RESUME_AFTER_10_S
    Vehicle Is Charging    byd-atto-3    soc=40
    It Happens    fault supply_voltage factor=0.7
    Wait Until    main poles open
    Let Time Pass    5 s
    ${mended}=    Instant Of    no fault supply_voltage
    ${closed}=    Wait Until    main poles closed
    ${seconds}=    Evaluate    ${closed} - ${mended}
    Verify    EVSELOOP.RESUME_AFTER_10_S    ${seconds}

Charging Resumes Three Times And No More
    [Tags]    req:EVSELOOP.RESUME_3_TIMES
    Vehicle Is Charging    byd-atto-3    soc=40
    ${count}=    Resumptions    supply_voltage    factor=0.7
    Verify    EVSELOOP.RESUME_3_TIMES    ${count}

A Vehicle That Has Left C Is Not Resumed
    [Tags]    req:EVSELOOP.RESUME_IN_C_ONLY
    Vehicle Is Charging    byd-atto-3    soc=40
    It Should Never Happen    EVSELOOP.RESUME_IN_C_ONLY    any main pole closed
    ...    after=fault supply_voltage factor=0.7 and time passes and vehicle pauses and no fault supply_voltage

Charging Resumes Below 60 Degrees Only
    [Tags]    needs:temperature    req:EVSELOOP.RESUME_60_C
    Vehicle Is Charging    byd-atto-3    soc=20
    It Happens    fault ambient temperature_c=95
    Wait Until    main poles open    within=12 h
    Let Time Pass    1 min
    It Happens    fault ambient temperature_c=20
    ${degrees}=    Signal When    temperature_c    PWM on
    Verify    EVSELOOP.RESUME_60_C    ${degrees}
