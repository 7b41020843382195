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
