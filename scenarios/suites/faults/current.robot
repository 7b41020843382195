*** Settings ***
Documentation       Vehicles that draw more than they may.
Resource            scenarios/resources/electrics.resource
Test Tags           needs:vehicle    needs:power    needs:contactor


*** Test Cases ***
Over-Current Stops The Charge After Six To Seven Seconds
    [Tags]    req:EVSELOOP.OVER_CURRENT_STOP
    Vehicle Is Charging    byd-atto-3    soc=40    limit=10
    Time Should Keep    EVSELOOP.OVER_CURRENT_STOP    after=fault short_circuit current_a=16
    ...    until=PWM off

Over-Current Of Any One Phase Stops The Charge
    [Documentation]    One phase draws 6 A more than the others, which draw what is offered.
    [Tags]    req:EVSELOOP.OVER_CURRENT_STOP
    [Template]    Over-Current Of One Phase Should Stop The Charge
    l1
    l2
    l3

Over-Current Opens Without Load
    [Tags]    req:EVSELOOP.NO_OPEN_UNDER_LOAD
    Vehicle Is Charging    byd-atto-3    soc=40    limit=10
    ${amps}=    Current At Opening    fault over_current factor=1.4
    Verify    EVSELOOP.NO_OPEN_UNDER_LOAD    @{amps}

A Little Too Much Stops Nothing
    [Tags]    req:EVSELOOP.OVER_CURRENT_THRESHOLD
    Vehicle Is Charging    byd-atto-3    soc=40    limit=10
    ${amps}=    Least Current That Stops    limit=11.5
    Verify    EVSELOOP.OVER_CURRENT_THRESHOLD    ${amps}

A Reduction Has Eight Seconds Of Grace
    [Documentation]    A vehicle that does not follow is stopped only after the grace and the
    ...    over-current time.
    [Tags]    req:EVSELOOP.OVER_CURRENT_GRACE
    Vehicle Is Charging    byd-atto-3    soc=40    limit=16    reaction_delay_s=60
    Time Should Keep    EVSELOOP.OVER_CURRENT_GRACE    after=limit 8    until=PWM off

A Short Circuit Opens At Once
    [Tags]    req:EVSELOOP.SHORT_CIRCUIT
    Vehicle Is Charging    byd-atto-3    soc=40    limit=16
    Contactor Should Open Within    EVSELOOP.SHORT_CIRCUIT    after=fault short_circuit current_a=100

A Short Circuit Of Any One Phase Opens At Once
    [Tags]    req:EVSELOOP.SHORT_CIRCUIT
    [Template]    A Short Circuit Of One Phase Should Open At Once
    l1
    l2
    l3

A Short Circuit Is Twice The Limit And At Least 32 Amperes
    [Tags]    req:EVSELOOP.SHORT_CIRCUIT_THRESHOLD
    Vehicle Is Charging    byd-atto-3    soc=40    limit=10
    ${low limit}=    Threshold    fault short_circuit current_a={}    coil off
    ...    quiet=14    loud=60    resolution=0.05    within=1 s
    Vehicle Is Charging    byd-atto-3    soc=40    limit=16
    ${limit}=    Threshold    fault short_circuit current_a={}    coil off
    ...    quiet=20    loud=60    resolution=0.05    within=1 s
    Verify    EVSELOOP.SHORT_CIRCUIT_THRESHOLD    ${low limit}    ${limit}

Inrush Opens Nothing
    [Tags]    req:EVSELOOP.INRUSH
    Vehicle Waits    byd-atto-3    soc=40    limit=16
    Then It Happened    fault short_circuit current_a=100
    Time Should Keep    EVSELOOP.INRUSH    after=nothing    since=main poles closed    until=coil off


*** Keywords ***
Over-Current Of One Phase Should Stop The Charge
    [Arguments]    ${line}
    Vehicle Is Charging    byd-atto-3    soc=40    limit=10
    Time Should Keep    EVSELOOP.OVER_CURRENT_STOP    after=fault overload line=${line} current_a=6
    ...    until=PWM off

A Short Circuit Of One Phase Should Open At Once
    [Arguments]    ${line}
    Vehicle Is Charging    byd-atto-3    soc=40    limit=16
    Contactor Should Open Within    EVSELOOP.SHORT_CIRCUIT
    ...    after=fault short_circuit line=${line} current_a=100
