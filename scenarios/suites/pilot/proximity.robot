*** Settings ***
Documentation       The cable's rating, as its proximity resistor says it.
Resource            scenarios/resources/electrics.resource
Test Setup          Socket With A Waiting Vehicle
Test Tags           needs:vehicle    needs:pilot


*** Test Cases ***
A Cable Of 13 Amperes Is Offered 13
    [Tags]    req:IEC61851.PROXIMITY_13A
    ${amps}=    Offered With Cable Of    1100    1500    2460
    Verify    IEC61851.PROXIMITY_13A    @{amps}

A Cable Of 20 Amperes Is Offered 20
    [Tags]    req:IEC61851.PROXIMITY_20A
    ${amps}=    Offered With Cable Of    400    680    936
    Verify    IEC61851.PROXIMITY_20A    @{amps}

A Cable Of 32 Amperes Is Offered 32
    [Tags]    req:IEC61851.PROXIMITY_32A
    ${amps}=    Offered With Cable Of    164    220    308
    Verify    IEC61851.PROXIMITY_32A    @{amps}

A Cable Of 63 Amperes Is Offered 63
    [Tags]    req:IEC61851.PROXIMITY_63A
    ${amps}=    Offered With Cable Of    80    100    140
    Verify    IEC61851.PROXIMITY_63A    @{amps}

On One Phase The Largest Cable Is Offered 70
    [Tags]    req:IEC61851.PROXIMITY_70A
    Use EVSE    kind=socket    rating=80    phases=1
    Vehicle Waits    instrument    limit=80    cable=63    paused=yes    precise=yes
    ${amps}=    Offered With Cable Of    80    100    140
    Verify    IEC61851.PROXIMITY_70A    @{amps}

Between Two Bands The Lower Rating Counts
    [Tags]    req:EVSELOOP.PROXIMITY_GAP
    ${to 13}=    Offered With Cable Of    1000    3500    less=13
    ${to 20}=    Offered With Cable Of    350    less=20
    ${to 32}=    Offered With Cable Of    152    less=32
    Verify    EVSELOOP.PROXIMITY_GAP    @{to 13}    @{to 20}    @{to 32}

Between An Error And 63 A The Largest Cable Counts
    [Tags]    req:EVSELOOP.PROXIMITY_GAP_63A
    ${to 63}=    Offered With Cable Of    70    less=63
    Verify    EVSELOOP.PROXIMITY_GAP_63A    @{to 63}

A Shorted Proximity Contact Never Gets Energy
    [Tags]    needs:contactor    req:IEC61851.PROXIMITY_INVALID
    Vehicle Waits    instrument    limit=32    precise=yes
    Fault Is There    proximity_resistance    resistance_ohm=58
    It Should Never Happen    IEC61851.PROXIMITY_INVALID    any main pole closed

A Broken Proximity Contact Never Gets Energy
    [Tags]    needs:contactor    req:IEC61851.PROXIMITY_INVALID
    Vehicle Waits    instrument    limit=32    precise=yes
    Fault Is There    proximity_resistance    resistance_ohm=4600
    It Should Never Happen    IEC61851.PROXIMITY_INVALID    any main pole closed


*** Keywords ***
Socket With A Waiting Vehicle
    Use EVSE    kind=socket    rating=80
    Vehicle Waits    instrument    limit=80    cable=63    paused=yes    precise=yes
