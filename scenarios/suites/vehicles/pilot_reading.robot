*** Settings ***
Documentation       What a vehicle makes of the duty and how it follows it: the vehicle's side of
...                 the limits, with a free pilot generator where no EVSE would show such a duty.
Resource            scenarios/resources/electrics.resource
Test Tags           needs:vehicle    needs:power


*** Test Cases ***
Duties From 8 To 10 Percent Mean Six Amperes
    [Tags]    needs:generator    req:IEC61851.EV_READS_8_TO_10
    ${amps}=    Currents At Duties    8.4    8.7    9    9.5    9.9
    Verify    IEC61851.EV_READS_8_TO_10    @{amps}

Duties From 96 To 97 Percent Mean Eighty Amperes
    [Tags]    needs:generator    req:IEC61851.EV_READS_96_TO_97
    ${amps}=    Allowed At Duties    96.4    96.6    96.8
    Verify    IEC61851.EV_READS_96_TO_97    @{amps}

Duties Outside Mean No Current
    [Tags]    needs:generator    req:IEC61851.EV_READS_OUTSIDE
    ${amps}=    Currents At Duties    1    2.9    5    7.5    97.5    99
    Verify    IEC61851.EV_READS_OUTSIDE    @{amps}

A Vehicle Draws No More Than Its Cable Carries
    [Tags]    needs:generator    req:EVSELOOP.EV_CABLE
    Use EVSE    kind=socket
    ${amps}=    Currents At Duties    30    53    85    cable=13
    Verify    EVSELOOP.EV_CABLE    @{amps}

A Vehicle Follows A Reduced Duty
    [Tags]    req:IEC61851.EV_FOLLOWS_DUTY
    Vehicle Is Charging    byd-atto-3    soc=40
    ${seconds}=    Times To Follow    13    10    8    6
    Verify    IEC61851.EV_FOLLOWS_DUTY    @{seconds}

A Vehicle Raises Its Current At Its Own Ramp
    [Tags]    req:EVSELOOP.EV_RAMP
    Vehicle Waits    byd-atto-3    soc=40    limit=16
    ${slope}=    Ramp Up
    Verify    EVSELOOP.EV_RAMP    ${slope}

A Vehicle Wakes The Charger By A Toggle
    [Tags]    req:IEC61851.BCB_TOGGLE    req:EVSELOOP.BCB_TOLERATED
    Vehicle Waits    byd-atto-3    soc=40    paused=yes
    Let Time Pass    2 s
    It Happens    vehicle toggles
    Let Time Pass    2 s
    ${seconds}=    Duration Of    s2
    ${milliseconds}=    Evaluate    ${seconds} * 1000
    Verify    IEC61851.BCB_TOGGLE    ${milliseconds}
    ${count}=    Closings And Faults After    vehicle toggles
    Verify    EVSELOOP.BCB_TOLERATED    ${count}
