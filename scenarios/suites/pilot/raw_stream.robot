*** Settings ***
Documentation       The controller has to find the pilot's plateaus in a stream of samples: a clock
...                 that knows nothing of the PWM, edges, noise. What it may take for detecting and
...                 what it may not fall for is the same as with settled plateaus.
Resource            scenarios/resources/electrics.resource
Test Setup          Use EVSE    pilot=raw
Test Tags           needs:vehicle    needs:contactor


*** Test Cases ***
The Contactor Closes After The Vehicle Asks
    [Tags]    req:IEC61851.CLOSE_AFTER_C
    Vehicle Waits    byd-atto-3    soc=40    limit=16    paused=yes
    Situation Settles    8 s
    Contactor Should Close Within    IEC61851.CLOSE_AFTER_C    after=vehicle resumes

At The Longest Duty The Short Lower Plateau Is Found
    [Documentation]    80 A are 96 %: of each 40 us the edge of 5.5 nF eats 30.
    [Tags]    req:IEC61851.CLOSE_AFTER_C
    Use EVSE    pilot=raw    rating=80    cable_pf=1500
    Vehicle Waits    instrument    limit=80    paused=yes    precise=yes    pilot_capacitance_pf=2400
    Fault Is There    pilot_capacitance    capacitance_pf=1600
    Situation Settles    8 s
    Contactor Should Close Within    IEC61851.CLOSE_AFTER_C    after=vehicle resumes

The Vehicle Goes From C To B
    [Tags]    req:IEC61851.OPEN_ON_C_TO_B
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    IEC61851.OPEN_ON_C_TO_B    after=vehicle leaves C under load

The Plug Is Pulled Under Load
    [Tags]    req:IEC61851.OPEN_ON_C_TO_A
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    IEC61851.OPEN_ON_C_TO_A    after=plug is pulled

Sampling And Filter Keep Their Share
    [Tags]    req:EVSELOOP.FILTER_BUDGET
    Vehicle Is Charging    byd-atto-3    soc=40
    Time Should Keep    EVSELOOP.FILTER_BUDGET    after=vehicle leaves C under load    until=coil off

The Diode Fails While Charging
    [Tags]    req:IEC61851.OPEN_ON_DIODE_FAULT
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    IEC61851.OPEN_ON_DIODE_FAULT    after=fault diode_shorted

The Pilot Converter Dies While Charging
    [Tags]    req:EVSELOOP.OPEN_ON_SENSOR_LOST
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    EVSELOOP.OPEN_ON_SENSOR_LOST
    ...    after=fault pilot_converter_dead

The Pilot Is Shorted Ahead Of The Diode
    [Tags]    req:IEC61851.OPEN_ON_SHORTED_PILOT_C
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    IEC61851.OPEN_ON_SHORTED_PILOT_C
    ...    after=fault pilot_short resistance_ohm=80 where=before

The Pilot Is Shorted Behind The Diode
    [Tags]    req:IEC61851.OPEN_ON_SHORTED_PILOT_C
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    IEC61851.OPEN_ON_SHORTED_PILOT_C
    ...    after=fault pilot_short resistance_ohm=80 where=behind

A Vehicle Without A Diode Never Gets Energy
    [Tags]    req:IEC61851.DIODE_BEFORE_CLOSING
    Vehicle Waits    byd-atto-3    soc=40
    It Should Never Happen    IEC61851.DIODE_BEFORE_CLOSING    any main pole closed
    ...    after=fault diode_shorted and permission is given and limit 16

Glitches Move Nothing
    [Tags]    req:EVSELOOP.GLITCH
    Vehicle Is Charging    byd-atto-3    soc=40
    ${count}=    Relay Operations
    ...    fault pilot_short resistance_ohm=1 and 2 ms pass and no fault pilot_short
    ...    fault pilot_short resistance_ohm=300 and 2 ms pass and no fault pilot_short
    ...    fault pilot_open and 2 ms pass and no fault pilot_open
    ...    fault ev_resistance r3_ohm=100000 and 2 ms pass and no fault ev_resistance
    ...    fault diode_shorted and 2 ms pass and no fault diode_shorted
    Verify    EVSELOOP.GLITCH    ${count}

The Boundaries Stay Where They Are
    [Documentation]    At the shortest duty that a vehicle takes for a current, 10 %, on 5.5 nF.
    [Tags]    req:EVSELOOP.DETECT_AB    req:EVSELOOP.DETECT_BC    req:EVSELOOP.DETECT_HYSTERESIS
    ...    req:EVSELOOP.DETECT_CD    req:EVSELOOP.DETECT_DE
    Use EVSE    pilot=raw    cable_pf=1500
    Vehicle Waits    instrument    limit=6    precise=yes    pilot_capacitance_pf=2400
    Fault Is There    pilot_capacitance    capacitance_pf=1600
    ${volts}=    Boundary Voltages    B    A
    Verify    EVSELOOP.DETECT_AB    @{volts}
    ${volts}=    Boundary Voltages    C    B
    Verify    EVSELOOP.DETECT_BC    @{volts}
    ${apart}=    Evaluate    ${volts}[1] - ${volts}[0]
    Verify    EVSELOOP.DETECT_HYSTERESIS    ${apart}
    ${volts}=    Boundary Voltages    D    C
    Verify    EVSELOOP.DETECT_CD    @{volts}
    ${volts}=    Boundary Voltages    E    D
    Verify    EVSELOOP.DETECT_DE    @{volts}

Only A Low Plateau Below Minus Ten Volts Proves A Diode
    [Tags]    req:EVSELOOP.DIODE_THRESHOLD
    Vehicle Waits    instrument    limit=16    precise=yes
    ${volts}=    Highest Low Plateau Accepted
    Verify    EVSELOOP.DIODE_THRESHOLD    ${volts}

Faults Of The Pilot Are Told Apart
    [Tags]    req:EVSELOOP.FAULT_NAMED
    Vehicle Is Charging    instrument    precise=yes
    ${count}=    Faults Named Wrongly
    ...    fault pilot_short where=before -> pilot-shorted
    ...    fault pilot_short where=before resistance_ohm=0 -> pilot-shorted
    ...    fault diode_shorted -> diode-missing
    ...    fault diode_open -> none
    Verify    EVSELOOP.FAULT_NAMED    ${count}
