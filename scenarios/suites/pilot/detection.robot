*** Settings ***
Documentation       What the EVSE takes a vehicle's pilot circuit for, at the edges of what the
...                 standard has it accept.
Resource            scenarios/resources/electrics.resource
Test Tags           needs:vehicle    needs:contactor


*** Test Cases ***
The Lowest Resistance Of State B Is Accepted
    [Tags]    req:IEC61851.ACCEPT_B_LOWEST
    Use EVSE    nominal=yes
    Vehicle Waits    instrument    limit=16    precise=yes
    ${ohms}=    Lowest Resistance Taken As B
    Verify    IEC61851.ACCEPT_B_LOWEST    ${ohms}

The Highest Resistance Of State B Is Accepted
    [Tags]    req:IEC61851.ACCEPT_B_HIGHEST
    Use EVSE    nominal=yes
    Vehicle Waits    instrument    limit=16    precise=yes
    ${ohms}=    Highest Resistance Taken As B
    Verify    IEC61851.ACCEPT_B_HIGHEST    ${ohms}

The Lowest Resistance Of State C Is Accepted
    [Tags]    req:IEC61851.ACCEPT_C_LOWEST
    Use EVSE    nominal=yes
    Vehicle Waits    instrument    limit=16    precise=yes
    ${ohms}=    Lowest Resistance Taken As C
    Verify    IEC61851.ACCEPT_C_LOWEST    ${ohms}

The Highest Resistance Of State C Is Accepted
    [Tags]    req:IEC61851.ACCEPT_C_HIGHEST
    Use EVSE    nominal=yes
    Vehicle Waits    instrument    limit=16    precise=yes
    ${ohms}=    Highest Resistance Taken As C
    Verify    IEC61851.ACCEPT_C_HIGHEST    ${ohms}

Every Diode Is Accepted
    [Tags]    req:IEC61851.ACCEPT_DIODE_DROP
    Use EVSE    nominal=yes
    Vehicle Waits    instrument    limit=16    precise=yes
    ${volts}=    Highest Diode Drop Accepted
    Verify    IEC61851.ACCEPT_DIODE_DROP    ${volts}

The Boundary Of A And B Is Half Way
    [Tags]    req:EVSELOOP.DETECT_AB
    Vehicle Waits    instrument    limit=16    precise=yes
    ${volts}=    Boundary Voltages    B    A
    Verify    EVSELOOP.DETECT_AB    @{volts}

The Boundary Of B And C Is Half Way And Has Hysteresis
    [Tags]    req:EVSELOOP.DETECT_BC    req:EVSELOOP.DETECT_HYSTERESIS
    Vehicle Waits    instrument    limit=16    precise=yes
    ${volts}=    Boundary Voltages    C    B
    Verify    EVSELOOP.DETECT_BC    @{volts}
    ${apart}=    Evaluate    ${volts}[1] - ${volts}[0]
    Verify    EVSELOOP.DETECT_HYSTERESIS    ${apart}

The Boundary Of C And D Is Half Way
    [Tags]    req:EVSELOOP.DETECT_CD
    Vehicle Waits    instrument    limit=16    precise=yes
    ${volts}=    Boundary Voltages    D    C
    Verify    EVSELOOP.DETECT_CD    @{volts}

The Boundary Of D And E Is Two Volts
    [Tags]    req:EVSELOOP.DETECT_DE
    Vehicle Waits    instrument    limit=16    precise=yes
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
    ...    fault diode_shorted -> diode-missing
    ...    fault generator_amplitude negative_v=0 -> diode-missing
    ...    fault diode_open -> none
    Verify    EVSELOOP.FAULT_NAMED    ${count}
