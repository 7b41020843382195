*** Settings ***
Documentation       A contactor that does not do what its coil says.
Resource            scenarios/resources/electrics.resource
Test Tags           needs:contactor    needs:vehicle


*** Test Cases ***
A Welded Contactor Is Seen After Opening
    [Tags]    req:IEC61851.WELD_SEEN
    Vehicle Is Charging    byd-atto-3    soc=40
    Time Should Keep    IEC61851.WELD_SEEN
    ...    after=fault contactor_welded pole=l1 and vehicle pauses    since=coil off
    ...    until=fault contactor-welded

One Welded Pole Of Four Is Enough
    [Tags]    req:IEC61851.WELD_ONE_POLE
    Vehicle Is Charging    byd-atto-3    soc=40
    ${count}=    Welded Poles Not Seen    n    l1    l2    l3
    Verify    IEC61851.WELD_ONE_POLE    ${count}

A Welded Contactor Gets No Further Session
    [Tags]    req:EVSELOOP.WELD_NO_SESSION
    Vehicle Is Charging    byd-atto-3    soc=40
    It Should Never Happen    EVSELOOP.WELD_NO_SESSION    PWM on or closed
    ...    after=fault contactor_welded pole=l1 and plug is pulled and time passes and another vehicle comes

A Contactor That Does Not Close Is Seen
    [Tags]    req:EVSELOOP.STUCK_OPEN_SEEN
    Vehicle Waits    byd-atto-3    soc=40    limit=16
    Fault Is There    contactor_stuck_open
    Time Should Keep    EVSELOOP.STUCK_OPEN_SEEN    after=nothing    since=coil on
    ...    until=any fault

A Contactor That Does Not Close Is No Ground Fault
    [Tags]    req:EVSELOOP.STUCK_OPEN_NAMED
    Vehicle Waits    byd-atto-3    soc=40    limit=16
    ${count}=    Faults Named Wrongly    fault contactor_stuck_open -> contactor-stuck-open
    Verify    EVSELOOP.STUCK_OPEN_NAMED    ${count}
