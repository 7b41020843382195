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
