*** Settings ***
Documentation       What heat does: less current, a soft stop, an immediate one, and the way back.
Resource            scenarios/resources/electrics.resource
Test Tags           needs:temperature    needs:vehicle    needs:power    needs:contactor


*** Test Cases ***
The Offer Falls From 65 Degrees On
    [Tags]    req:EVSELOOP.DERATE_65_C
    Vehicle Is Charging    byd-atto-3    soc=20
    It Happens    fault ambient temperature_c=85
    ${degrees}=    Signal When Offer Falls    temperature_contactor_c
    Verify    EVSELOOP.DERATE_65_C    ${degrees}

At 75 Degrees The Charge Stops Softly
    [Tags]    req:EVSELOOP.SOFT_STOP_75_C
    Vehicle Is Charging    byd-atto-3    soc=20
    It Happens    fault ambient temperature_c=95
    ${degrees}=    Signal When    temperature_contactor_c    PWM off
    Verify    EVSELOOP.SOFT_STOP_75_C    ${degrees}

Heat Opens Without Load Where There Is Time
    [Tags]    req:EVSELOOP.NO_OPEN_UNDER_LOAD
    Vehicle Is Charging    byd-atto-3    soc=20
    ${amps}=    Current At Opening    fault ambient temperature_c=95    within=6 h
    Verify    EVSELOOP.NO_OPEN_UNDER_LOAD    @{amps}
