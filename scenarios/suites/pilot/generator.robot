*** Settings ***
Documentation       What the pilot generator puts on the wire, at the plug, with a precise vehicle.
Resource            scenarios/resources/electrics.resource
Test Tags           needs:pilot


*** Test Cases ***
The Open Circuit Voltage Is Twelve Volts
    [Tags]    req:IEC61851.PILOT_POSITIVE
    Nothing Is Plugged In
    ${volts}=    Upper Plateau
    Verify    IEC61851.PILOT_POSITIVE    ${volts}

The Negative Half Is Minus Twelve Volts
    [Tags]    req:IEC61851.PILOT_NEGATIVE
    Vehicle Waits    instrument    limit=16    paused=yes    precise=yes
    Wait Until    PWM on
    Let Time Pass    1 s
    ${volts}=    Lower Plateau
    Verify    IEC61851.PILOT_NEGATIVE    ${volts}

A Charger Out Of Service Shows Minus Twelve Volts
    [Tags]    req:IEC61851.PILOT_STATE_F
    Nothing Is Plugged In
    It Happens    charger is taken out of service
    Let Time Pass    2 s
    ${volts}=    Steady Voltage
    Verify    IEC61851.PILOT_STATE_F    ${volts}

The Source Resistance Is One Kiloohm
    [Tags]    req:IEC61851.PILOT_SOURCE_RESISTANCE
    Nothing Is Plugged In
    ${ohms}=    Source Resistance
    Verify    IEC61851.PILOT_SOURCE_RESISTANCE    ${ohms}

The Plateau Of State B Is In Its Window
    [Tags]    req:SAEJ1772.WINDOW_B
    Vehicle Waits    instrument    limit=16    paused=yes    precise=yes
    Wait Until    PWM on
    Let Time Pass    1 s
    ${volts}=    Upper Plateau
    Verify    SAEJ1772.WINDOW_B    ${volts}

The Plateau Of State C Is In Its Window
    [Tags]    req:SAEJ1772.WINDOW_C
    Vehicle Is Charging    instrument    precise=yes
    ${volts}=    Upper Plateau
    Verify    SAEJ1772.WINDOW_C    ${volts}

The Plateau Of State D Is In Its Window
    [Tags]    req:SAEJ1772.WINDOW_D
    Use EVSE    ventilation=yes
    Vehicle Is Charging    instrument    precise=yes
    It Happens    vehicle asks for ventilation
    Let Time Pass    5 s
    ${volts}=    Upper Plateau
    Verify    SAEJ1772.WINDOW_D    ${volts}

The PWM Runs At One Kilohertz
    [Tags]    req:IEC61851.PWM_FREQUENCY
    Vehicle Is Charging    instrument    precise=yes
    ${hertz}=    PWM Frequency
    Verify    IEC61851.PWM_FREQUENCY    ${hertz}

Edges Are Steep Enough
    [Tags]    req:IEC61851.EDGE_RISE_B    req:IEC61851.EDGE_RISE_C    req:IEC61851.EDGE_FALL
    Use EVSE    cable_pf=1500
    Vehicle Waits    instrument    limit=16    paused=yes    precise=yes    pilot_capacitance_pf=2400
    Wait Until    PWM on
    Let Time Pass    1 s
    ${in B}=    Rise Time
    ${fall in B}=    Fall Time
    Verify    IEC61851.EDGE_RISE_B    ${in B}
    Vehicle Is Charging    instrument    precise=yes    pilot_capacitance_pf=2400
    ${in C}=    Rise Time
    ${fall in C}=    Fall Time
    Verify    IEC61851.EDGE_RISE_C    ${in C}
    Verify    IEC61851.EDGE_FALL    ${fall in B}    ${fall in C}

The Own Capacitance Is In Its Band
    [Tags]    req:IEC61851.CAPACITANCE
    Nothing Is Plugged In
    ${picofarads}=    EVSE Capacitance
    Verify    IEC61851.CAPACITANCE    ${picofarads}
