*** Settings ***
Documentation       The duty over the whole current range, 6 to 80 A and around it, at the plug: measured at
...                 0 V, as the vehicle sees it.
Resource            scenarios/resources/electrics.resource
Test Setup          Offer To A Charging Vehicle
Test Tags           needs:pilot    needs:command


*** Test Cases ***
The Duty At The Plug Is Within One Point
    [Tags]    req:IEC61851.DUTY_AT_PLUG
    ${errors}=    Duty Errors    6    10    16    20    32    48    63    80
    Verify    IEC61851.DUTY_AT_PLUG    @{errors}

The Duty Follows The Set Point Within A Tenth Of A Point
    [Tags]    req:EVSELOOP.DUTY_COMMANDED
    ${errors}=    Commanded Duty Errors    6    10    16    20    32    48    63    80
    Verify    EVSELOOP.DUTY_COMMANDED    @{errors}

The Duty Survives Every Capacitance
    [Tags]    req:EVSELOOP.DUTY_OVER_CAPACITANCE
    ${errors}=    Duty Errors Over Capacitances    set_point=16
    Verify    EVSELOOP.DUTY_OVER_CAPACITANCE    @{errors}

Up To 51 Amperes The First Formula Holds
    [Tags]    req:IEC61851.AMPS_LOW_BRANCH
    @{amps}=    Set Points    6    51    step=1.5
    ${errors}=    Current Errors    @{amps}
    Verify    IEC61851.AMPS_LOW_BRANCH    @{errors}

From 52.5 Amperes The Second Formula Holds
    [Tags]    req:IEC61851.AMPS_HIGH_BRANCH
    @{amps}=    Set Points    53    80    step=0.5
    ${errors}=    Current Errors    @{amps}
    Verify    IEC61851.AMPS_HIGH_BRANCH    @{errors}

Between The Formulas The Duty Stays At 85 Percent
    [Tags]    req:EVSELOOP.AMPS_GAP
    ${percents}=    Duties    51    51.3    51.6    52    52.4
    Verify    EVSELOOP.AMPS_GAP    @{percents}

No Set Point Is Rounded Up
    [Tags]    req:EVSELOOP.ROUND_DOWN
    @{low}=    Set Points    6    16    step=0.1
    @{high}=    Set Points    60.1    80    step=0.7
    ${errors}=    Commanded Duty Errors    @{low}    @{high}
    Verify    EVSELOOP.ROUND_DOWN    @{errors}

Below Six Amperes Nothing Is Offered
    [Tags]    req:EVSELOOP.BELOW_6A_NOTHING
    [Setup]    Offer To A Waiting Vehicle
    ${volts}=    Lowest Voltages    0    0.5    3    5    5.9
    Verify    EVSELOOP.BELOW_6A_NOTHING    @{volts}

The Duty For Digital Communication Is Never Shown
    [Tags]    req:EVSELOOP.NEVER_DIGITAL
    ${percents}=    Duties    0    1    2    3    4    5    5.9    6    6.1
    Verify    EVSELOOP.NEVER_DIGITAL    @{percents}


*** Keywords ***
Offer To A Charging Vehicle
    Use EVSE    rating=80
    Vehicle Is Charging    instrument    limit=16    precise=yes

Offer To A Waiting Vehicle
    Use EVSE    rating=80
    Vehicle Waits    instrument    limit=16    paused=yes    precise=yes
    Wait Until    PWM on
