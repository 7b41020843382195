*** Settings ***
Documentation       Residual currents, smooth and alternating, and the monitor's self-test.
Resource            scenarios/resources/electrics.resource
Test Tags           needs:residual-current    needs:contactor    needs:vehicle


*** Test Cases ***
Six Milliamperes Are Cut Within Ten Seconds
    [Tags]    req:IEC62955.TRIP_6MA
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    IEC62955.TRIP_6MA    after=fault residual_dc current_ma=6

Sixty Milliamperes Are Cut Within 300 Milliseconds
    [Tags]    req:IEC62955.TRIP_60MA
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    IEC62955.TRIP_60MA    after=fault residual_dc current_ma=60

Two Hundred Milliamperes Are Cut Within 100 Milliseconds
    [Tags]    req:IEC62955.TRIP_200MA
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    IEC62955.TRIP_200MA    after=fault residual_dc current_ma=200

Three Milliamperes Trip Nothing
    [Tags]    req:IEC62955.NO_TRIP_3MA
    Vehicle Is Charging    byd-atto-3    soc=40
    It Should Never Happen    IEC62955.NO_TRIP_3MA    coil off    after=fault residual_dc current_ma=3

The Controller Hands A Trip On In Two Milliseconds
    [Tags]    req:EVSELOOP.TRIP_TO_COIL
    Vehicle Is Charging    byd-atto-3    soc=40
    Time Should Keep    EVSELOOP.TRIP_TO_COIL    after=fault residual_dc current_ma=200
    ...    since=monitor trips    until=coil off

The Upstream Device Trips On Its Rated Current
    [Tags]    req:IEC61008.TRIP_1X
    Vehicle Is Charging    byd-atto-3    soc=40
    Time Should Keep    IEC61008.TRIP_1X    after=fault residual_ac resistance_ohm=7600
    ...    until=supply gone

The Upstream Device Trips Faster On Twice Its Rated Current
    [Tags]    req:IEC61008.TRIP_2X
    Vehicle Is Charging    byd-atto-3    soc=40
    Time Should Keep    IEC61008.TRIP_2X    after=fault residual_ac resistance_ohm=3800
    ...    until=supply gone

The Upstream Device Trips At Once On Five Times Its Rated Current
    [Tags]    req:IEC61008.TRIP_5X
    Vehicle Is Charging    byd-atto-3    soc=40
    Time Should Keep    IEC61008.TRIP_5X    after=fault residual_ac resistance_ohm=1520
    ...    until=supply gone

The Upstream Device Holds On Less Than Half Its Rated Current
    [Tags]    req:IEC61008.NO_TRIP_BELOW_15MA
    Vehicle Is Charging    byd-atto-3    soc=40
    It Should Never Happen    IEC61008.NO_TRIP_BELOW_15MA    supply gone
    ...    after=fault residual_ac resistance_ohm=15500

Every Closing Has Its Own Self-Test
    [Tags]    req:EVSELOOP.SELF_TEST_EVERY_CLOSING    req:EVSELOOP.SELF_TEST_CONTACTOR_OPEN
    Vehicle Is Charging    byd-atto-3    soc=40
    ${count}=    Closings Without Self Test
    Verify    EVSELOOP.SELF_TEST_EVERY_CLOSING    ${count}
    ${count}=    Self Tests With Closed Contactor
    Verify    EVSELOOP.SELF_TEST_CONTACTOR_OPEN    ${count}

The Self-Test Starts With Permission
    [Tags]    req:EVSELOOP.SELF_TEST_IN_B
    Vehicle Waits    byd-atto-3    soc=40    paused=yes
    Situation Settles    8 s
    Time Should Keep    EVSELOOP.SELF_TEST_IN_B    after=permission is given and limit 16
    ...    until=self-test

The Self-Test Is Short
    [Tags]    req:EVSELOOP.SELF_TEST_DURATION
    Vehicle Waits    byd-atto-3    soc=40
    Time Should Keep    EVSELOOP.SELF_TEST_DURATION    after=permission is given and limit 16
    ...    since=self-test    until=self-test over

A Self-Test That Nobody Answers Is Given Up In Time
    [Tags]    req:EVSELOOP.SELF_TEST_DURATION
    Vehicle Waits    byd-atto-3    soc=40
    Fault Is There    residual_monitor_dead
    Time Should Keep    EVSELOOP.SELF_TEST_DURATION    after=permission is given and limit 16
    ...    since=self-test    until=self-test over

A Vehicle That Asks Late Gets A New Self-Test
    [Tags]    req:EVSELOOP.SELF_TEST_60_S
    Vehicle Waits    byd-atto-3    soc=40    limit=16    paused=yes
    Let Time Pass    100 s
    It Happens    vehicle resumes
    Wait Until    main poles closed
    ${seconds}=    Age Of Self Test At Closing
    Verify    EVSELOOP.SELF_TEST_60_S    ${seconds}

A Dead Monitor Never Gets The Contactor Closed
    [Tags]    req:EVSELOOP.SELF_TEST_FAILED
    Vehicle Waits    byd-atto-3    soc=40    limit=16
    Fault Is There    residual_monitor_dead
    It Should Never Happen    EVSELOOP.SELF_TEST_FAILED    any main pole closed

A Trip Right After Closing Is Not Masked
    [Tags]    req:EVSELOOP.SELF_TEST_MASK
    Vehicle Waits    byd-atto-3    soc=40    limit=16
    Fault Is There    residual_dc    current_ma=200
    Time Should Keep    EVSELOOP.SELF_TEST_MASK    after=nothing    since=any main pole closed
    ...    until=main poles open
