*** Settings ***
Documentation       When the contactor closes, and when it never does.
Resource            scenarios/resources/electrics.resource
Test Tags           needs:vehicle    needs:contactor


*** Test Cases ***
The Contactor Closes After The Vehicle Asks
    [Tags]    req:IEC61851.CLOSE_AFTER_C
    Vehicle Is Permitted And Waits In B
    Contactor Should Close Within    IEC61851.CLOSE_AFTER_C    after=vehicle resumes

The Vehicle Asks Before It Is Permitted
    [Documentation]    A vehicle with a simplified pilot shows C from the start; time counts from
    ...    the PWM, the last of what closing waits for.
    [Tags]    req:EVSELOOP.CLOSE_WHEN_C_COMES_FIRST
    Use EVSE    phases=1
    Vehicle Waits    energica-ego    soc=40
    Let Time Pass    5 s
    Time Should Keep    EVSELOOP.CLOSE_WHEN_C_COMES_FIRST
    ...    after=permission is given and limit 16    since=PWM on    until=main poles closed

A Vehicle Without A Diode Never Gets Energy
    [Tags]    req:IEC61851.DIODE_BEFORE_CLOSING
    Vehicle Waits    byd-atto-3    soc=40
    It Should Never Happen    IEC61851.DIODE_BEFORE_CLOSING    any main pole closed
    ...    after=fault diode_shorted and permission is given and limit 16

A Vehicle In State D Gets Ventilation Or Nothing
    [Tags]    req:IEC61851.NO_CLOSING_IN_D
    Vehicle Waits    byd-atto-3    soc=40    limit=16    paused=yes
    It Should Never Happen    IEC61851.NO_CLOSING_IN_D    any main pole closed
    ...    after=vehicle asks for ventilation and vehicle resumes

A Vehicle In State D Gets Energy Where There Is Ventilation
    [Tags]    req:IEC61851.ACCEPT_D    req:EVSELOOP.VENTILATION_FIRST
    Use EVSE    ventilation=yes
    Vehicle Is Permitted And Waits In B
    Contactor Should Close Within    IEC61851.ACCEPT_D
    ...    after=vehicle asks for ventilation and vehicle resumes
    Time Should Keep    EVSELOOP.VENTILATION_FIRST    since=ventilation on
    ...    after=vehicle asks for ventilation and vehicle resumes    until=coil on

A Charger Out Of Service Never Closes
    [Tags]    req:IEC61851.F_LOCKOUT
    Vehicle Waits    byd-atto-3    soc=40    limit=16    paused=yes
    It Should Never Happen    IEC61851.F_LOCKOUT    any main pole closed
    ...    after=charger is taken out of service and vehicle resumes

A Charger That Goes Out Of Service While It Charges Does Not Close Again
    [Tags]    req:IEC61851.F_LOCKOUT
    Vehicle Is Charging    byd-atto-3    soc=40
    It Should Never Happen    IEC61851.F_LOCKOUT    any main pole closed
    ...    after=charger is taken out of service and time passes and vehicle pauses and vehicle resumes

A Vehicle That Comes To A Charger Out Of Service Gets Nothing
    [Tags]    req:IEC61851.F_LOCKOUT
    Nothing Is Plugged In    limit=16
    It Should Never Happen    IEC61851.F_LOCKOUT    any main pole closed
    ...    after=charger is taken out of service and time passes and another vehicle comes

A Fault That Shows State F Locks The Contactor Out As Long As It Stands
    [Documentation]    The cause is still there.
    [Tags]    req:IEC61851.F_LOCKOUT
    [Template]    Nothing Should Close After A Fault
    earth_lost
    pilot_short resistance_ohm=80
    phase_lost line=l3
    neutral_lost shift_v=60
    pilot_converter_dead

A Fault That Only People End Locks The Contactor Out Although Its Cause Is Gone
    [Tags]    req:IEC61851.F_LOCKOUT
    [Template]    Nothing Should Close After A Fault That Is Gone
    residual_dc current_ma=60
    short_circuit current_a=100
    diode_shorted

Without Protective Earth Nothing Closes
    [Tags]    req:IEC61851.EARTH_BEFORE_CLOSING
    Vehicle Waits    byd-atto-3    soc=40    limit=16
    Fault Is There    earth_lost
    It Should Never Happen    IEC61851.EARTH_BEFORE_CLOSING    any main pole closed

Glitches Of The Pilot Move Nothing
    [Tags]    req:EVSELOOP.GLITCH
    Vehicle Is Charging    byd-atto-3    soc=40
    ${count}=    Relay Operations
    ...    fault pilot_short resistance_ohm=1 and 2 ms pass and no fault pilot_short
    ...    fault pilot_short resistance_ohm=300 and 2 ms pass and no fault pilot_short
    ...    fault pilot_open and 2 ms pass and no fault pilot_open
    ...    fault ev_resistance r3_ohm=100000 and 2 ms pass and no fault ev_resistance
    ...    fault diode_shorted and 2 ms pass and no fault diode_shorted
    Verify    EVSELOOP.GLITCH    ${count}


*** Keywords ***
Vehicle Is Permitted And Waits In B
    Vehicle Waits    byd-atto-3    soc=40    limit=16    paused=yes
    Situation Settles    8 s

Nothing Should Close After A Fault
    [Arguments]    ${fault}
    Vehicle Is Charging    byd-atto-3    soc=40
    It Should Never Happen    IEC61851.F_LOCKOUT    any main pole closed
    ...    after=fault ${fault} and time passes and vehicle pauses and vehicle resumes

Nothing Should Close After A Fault That Is Gone
    [Documentation]    The vehicle pauses for long enough to be seen in state B.
    [Arguments]    ${fault}
    ${name}=    Evaluate    $fault.split()[0]
    Vehicle Is Charging    byd-atto-3    soc=40
    It Should Never Happen    IEC61851.F_LOCKOUT    any main pole closed
    ...    after=fault ${fault} and time passes and no fault ${name} and 500 ms pass and vehicle pauses and time passes and vehicle resumes
