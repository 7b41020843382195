*** Settings ***
Documentation       What heat does: less current, a soft stop, an immediate one, and the way back.
Resource            scenarios/resources/electrics.resource
Test Tags           needs:temperature    needs:vehicle    needs:power    needs:contactor


*** Test Cases ***
The Offer Falls From 65 Degrees On
    [Tags]    req:EVSELOOP.DERATE_65_C
    Vehicle Is Charging    byd-atto-3    soc=20
    It Happens    fault ambient temperature_c=85
    ${degrees}=    Signal When Offer Falls    temperature_c
    Verify    EVSELOOP.DERATE_65_C    ${degrees}

At 75 Degrees The Charge Stops Softly
    [Tags]    req:EVSELOOP.SOFT_STOP_75_C
    Vehicle Is Charging    byd-atto-3    soc=20
    It Happens    fault ambient temperature_c=95
    ${degrees}=    Signal When    temperature_c    PWM off
    Verify    EVSELOOP.SOFT_STOP_75_C    ${degrees}

Heat Opens Without Load Where There Is Time
    [Tags]    req:EVSELOOP.NO_OPEN_UNDER_LOAD
    Vehicle Is Charging    byd-atto-3    soc=20
    ${amps}=    Current At Opening    fault ambient temperature_c=95    within=6 h
    Verify    EVSELOOP.NO_OPEN_UNDER_LOAD    @{amps}

At 85 Degrees The Contactor Opens At Once
    [Tags]    req:EVSELOOP.OPEN_ON_85_C    req:EVSELOOP.IMMEDIATE_85_C
    Vehicle Is Charging    byd-atto-3    soc=20
    Contactor Should Open Within    EVSELOOP.OPEN_ON_85_C
    ...    after=fault terminal_temperature temperature_c=86
    ${degrees}=    Threshold    fault terminal_temperature temperature_c={}    main poles open
    ...    quiet=80    loud=92    resolution=0.05    within=0.2 s
    Verify    EVSELOOP.IMMEDIATE_85_C    ${degrees}
