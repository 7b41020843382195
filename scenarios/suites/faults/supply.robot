*** Settings ***
Documentation       What the mains can do: sag, swell, lose a phase, and come back.
Resource            scenarios/resources/electrics.resource
Test Tags           needs:supply    needs:vehicle    needs:contactor    needs:power


*** Test Cases ***
Under-Voltage Is Below 85 Percent
    [Tags]    req:EVSELOOP.UNDER_VOLTAGE
    Vehicle Is Charging    byd-atto-3    soc=40    limit=6
    ${factor}=    Threshold    fault supply_voltage factor={}    PWM off
    ...    quiet=0.9    loud=0.8    resolution=0.001
    ${one}=    Threshold    fault supply_voltage line=l3 factor={}    PWM off
    ...    quiet=0.9    loud=0.8    resolution=0.001
    @{percents}=    Evaluate    [100 * ${factor}, 100 * ${one}]
    Verify    EVSELOOP.UNDER_VOLTAGE    @{percents}

Under-Voltage Has To Last
    [Tags]    req:EVSELOOP.UNDER_VOLTAGE_DELAY
    Vehicle Is Charging    byd-atto-3    soc=40
    Time Should Keep    EVSELOOP.UNDER_VOLTAGE_DELAY    after=fault supply_voltage factor=0.75
    ...    until=PWM off

Over-Voltage Is Above 110 Percent
    [Tags]    req:EVSELOOP.OVER_VOLTAGE
    Vehicle Is Charging    byd-atto-3    soc=40    limit=6
    ${factor}=    Threshold    fault supply_voltage factor={}    PWM off
    ...    quiet=1.05    loud=1.2    resolution=0.001
    ${one}=    Threshold    fault supply_voltage line=l3 factor={}    PWM off
    ...    quiet=1.05    loud=1.2    resolution=0.001
    @{percents}=    Evaluate    [100 * ${factor}, 100 * ${one}]
    Verify    EVSELOOP.OVER_VOLTAGE    @{percents}

A Lost Phase Opens At Once
    [Tags]    req:EVSELOOP.PHASE_LOST
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    EVSELOOP.PHASE_LOST    after=fault phase_lost line=l2

A Sagging Supply Opens Without Load
    [Tags]    req:EVSELOOP.NO_OPEN_UNDER_LOAD
    Vehicle Is Charging    byd-atto-3    soc=40
    ${amps}=    Current At Opening    fault supply_voltage factor=0.8
    Verify    EVSELOOP.NO_OPEN_UNDER_LOAD    @{amps}

A Swelling Supply Opens Without Load
    [Tags]    req:EVSELOOP.NO_OPEN_UNDER_LOAD
    [Template]    A Supply Should Open Without Load
    factor=1.15
    factor=1.15 line=l2

A Sag Of One Phase Opens Without Load
    [Tags]    req:EVSELOOP.NO_OPEN_UNDER_LOAD
    [Template]    A Supply Should Open Without Load
    factor=0.8 line=l3

A Lost Neutral Lifts The Only Phase Of A Single-Phase EVSE
    [Documentation]    Upstream, in a three-phase installation: the star point has moved towards
    ...    another line. A single-phase EVSE cannot tell that from a swell.
    [Tags]    req:EVSELOOP.OPEN_ON_NEUTRAL_LOST
    Use EVSE    phases=1
    Vehicle Is Charging    nissan-leaf-40    soc=40
    Contactor Should Open Within    EVSELOOP.OPEN_ON_NEUTRAL_LOST
    ...    after=fault neutral_lost shift_v=60 towards=l2

A Lost Neutral Lowers The Only Phase Of A Single-Phase EVSE
    [Documentation]    The star point has moved towards its own line: an under-voltage.
    [Tags]    req:EVSELOOP.NO_OPEN_UNDER_LOAD
    Use EVSE    phases=1
    Vehicle Is Charging    nissan-leaf-40    soc=40
    ${amps}=    Current At Opening    fault neutral_lost shift_v=60 towards=l1
    Verify    EVSELOOP.NO_OPEN_UNDER_LOAD    @{amps}

A Single-Phase EVSE Loses Its Own Neutral
    [Documentation]    No circuit is left: no voltage, no current, and nothing to hold a coil with.
    [Tags]    req:EVSELOOP.OPEN_ON_SUPPLY_GONE
    Use EVSE    phases=1
    Vehicle Is Charging    nissan-leaf-40    soc=40
    Contactor Should Open Within    EVSELOOP.OPEN_ON_SUPPLY_GONE    after=fault neutral_open

A Three-Phase EVSE Loses Its Own Neutral Under A Car On One Line
    [Documentation]    The star point goes to that line; the others get the voltage between lines.
    [Tags]    req:EVSELOOP.OPEN_ON_NEUTRAL_LOST
    Vehicle Is Charging    nissan-leaf-40    soc=40
    Contactor Should Open Within    EVSELOOP.OPEN_ON_NEUTRAL_LOST    after=fault neutral_open


*** Keywords ***
A Supply Should Open Without Load
    [Arguments]    ${how}
    Vehicle Is Charging    byd-atto-3    soc=40
    ${amps}=    Current At Opening    fault supply_voltage ${how}
    Verify    EVSELOOP.NO_OPEN_UNDER_LOAD    @{amps}
