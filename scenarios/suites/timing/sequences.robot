*** Settings ***
Documentation       What comes before what: duties, steady +12 V, state F, soft stops, wake-up.
Resource            scenarios/resources/electrics.resource
Test Tags           needs:vehicle    needs:contactor


*** Test Cases ***
Duties Change At Most Every Five Seconds
    [Tags]    req:IEC61851.DUTY_CHANGE_SPACING
    Vehicle Is Charging    byd-atto-3    soc=40
    ${seconds}=    Shortest Time Between Duties    10    12    14    9    7    16    6    13    11    8
    Verify    IEC61851.DUTY_CHANGE_SPACING    ${seconds}

PWM Comes Back After Three Seconds Of Steady Voltage
    [Tags]    req:IEC61851.STEADY_BEFORE_PWM
    Vehicle Is Charging    byd-atto-3    soc=40
    It Happens    permission is withdrawn
    ${off}=    Wait Until    PWM off
    It Happens    permission is given
    ${on}=    Wait Until    PWM on
    ${seconds}=    Evaluate    ${on} - ${off}
    Verify    IEC61851.STEADY_BEFORE_PWM    ${seconds}

State F After A Fault Lasts Long Enough
    [Tags]    req:IEC61851.F_LASTS
    Vehicle Is Charging    byd-atto-3    soc=40
    Time Should Keep    IEC61851.F_LASTS    after=fault earth_lost    since=state F
    ...    until=state F over

A Remote Stop Opens Without Load
    [Tags]    needs:power    req:EVSELOOP.NO_OPEN_UNDER_LOAD    req:IEC61851.STEADY_BEFORE_OPENING
    Vehicle Is Charging    byd-atto-3    soc=40
    ${amps}=    Current At Opening    permission is withdrawn
    Verify    EVSELOOP.NO_OPEN_UNDER_LOAD    @{amps}
    Time Should Keep    IEC61851.STEADY_BEFORE_OPENING    after=permission is withdrawn
    ...    since=steady +12 V    until=coil off

A Limit Below Six Amperes Opens Without Load
    [Tags]    needs:power    req:EVSELOOP.NO_OPEN_UNDER_LOAD
    Vehicle Is Charging    byd-atto-3    soc=40
    ${amps}=    Current At Opening    limit 0
    Verify    EVSELOOP.NO_OPEN_UNDER_LOAD    @{amps}

The Stop Button Opens Without Load
    [Tags]    needs:power    req:EVSELOOP.NO_OPEN_UNDER_LOAD
    Vehicle Is Charging    byd-atto-3    soc=40
    ${amps}=    Current At Opening    stop button is pressed
    Verify    EVSELOOP.NO_OPEN_UNDER_LOAD    @{amps}

A Wish For Ventilation That Is Not There Opens Without Load
    [Tags]    needs:power    req:EVSELOOP.NO_OPEN_UNDER_LOAD
    Vehicle Is Charging    byd-atto-3    soc=40
    ${amps}=    Current At Opening    vehicle asks for ventilation
    Verify    EVSELOOP.NO_OPEN_UNDER_LOAD    @{amps}

Going Out Of Service Opens Without Load
    [Tags]    needs:power    req:EVSELOOP.NO_OPEN_UNDER_LOAD
    Vehicle Is Charging    byd-atto-3    soc=40
    ${amps}=    Current At Opening    charger is taken out of service
    Verify    EVSELOOP.NO_OPEN_UNDER_LOAD    @{amps}

A Change Of Phases Opens Without Load
    [Tags]    needs:power    req:EVSELOOP.NO_OPEN_UNDER_LOAD
    Vehicle Is Charging    byd-atto-3    soc=40
    ${amps}=    Current At Opening    one phase is wanted
    Verify    EVSELOOP.NO_OPEN_UNDER_LOAD    @{amps}

An Unlock Opens Without Load And Unlocks After It
    [Tags]    needs:power    req:EVSELOOP.NO_OPEN_UNDER_LOAD    req:EVSELOOP.UNLOCK_AFTER_OPENING
    Use EVSE    kind=socket
    Vehicle Is Charging    byd-atto-3    soc=40
    ${amps}=    Current At Opening    unlock is commanded
    Verify    EVSELOOP.NO_OPEN_UNDER_LOAD    @{amps}
    ${milliseconds}=    Unlocking After Opening    unlock is commanded
    Verify    EVSELOOP.UNLOCK_AFTER_OPENING    @{milliseconds}

A Vehicle That Will Not Stop Is Cut Off
    [Tags]    needs:power    req:IEC61851.STUBBORN_VEHICLE
    Vehicle Is Charging    byd-atto-3    soc=40
    Time Should Keep    IEC61851.STUBBORN_VEHICLE    since=PWM off    until=main poles open
    ...    after=fault stays_in_c and permission is withdrawn

A Sleeping Vehicle Is Woken
    [Tags]    req:IEC61851.WAKE_UP_STEADY    req:IEC61851.WAKE_UP_F
    Vehicle Is Asleep
    Permit Charging    limit=16
    Wait Until    PWM on
    ${off}=    Wait Until    PWM off    within=120 s
    ${f}=    Wait Until    state F
    ${over}=    Wait Until    state F over
    ${steady}=    Evaluate    ${f} - ${off}
    Verify    IEC61851.WAKE_UP_STEADY    ${steady}
    ${negative}=    Evaluate    ${over} - ${f}
    Verify    IEC61851.WAKE_UP_F    ${negative}

Nothing That Happens During The Wake Up Is Looked At
    [Documentation]    While the voltage is steady the circuit looks like state C for half a second,
    ...    and in state F the pilot is shorted for as long: neither is seen.
    [Tags]    req:IEC61851.WAKE_UP_SUSPENDED
    Use EVSE    kind=socket
    Vehicle Is Asleep
    Permit Charging    limit=16
    Wait Until    PWM on
    ${count}=    Events During Wake Up
    Verify    IEC61851.WAKE_UP_SUSPENDED    ${count}

Nobody Is Woken Who Is Not Asleep
    [Tags]    req:IEC61851.WAKE_UP_FROM_B_ONLY
    Vehicle Is Charging    byd-atto-3    soc=40
    It Should Never Happen    IEC61851.WAKE_UP_FROM_B_ONLY    state F

Nobody Is Woken Where Nobody Is
    [Tags]    req:IEC61851.WAKE_UP_FROM_B_ONLY
    Nothing Is Plugged In    limit=16
    It Should Never Happen    IEC61851.WAKE_UP_FROM_B_ONLY    state F


*** Keywords ***
Vehicle Is Asleep
    Vehicle Waits    byd-atto-3    soc=40
    It Happens    vehicle falls asleep
