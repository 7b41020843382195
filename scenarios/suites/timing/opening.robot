*** Settings ***
Documentation       Who wins: how fast the contactor opens, and where the 100 ms go.
Resource            scenarios/resources/electrics.resource
Test Tags           needs:vehicle    needs:contactor


*** Test Cases ***
The Vehicle Goes From C To B
    [Tags]    req:IEC61851.OPEN_ON_C_TO_B
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    IEC61851.OPEN_ON_C_TO_B    after=vehicle leaves C under load

The Plug Is Pulled Under Load
    [Tags]    req:IEC61851.OPEN_ON_C_TO_A
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    IEC61851.OPEN_ON_C_TO_A    after=plug is pulled

The Plug Is Pulled Out Of A Socket Under Load
    [Tags]    req:IEC61851.OPEN_ON_C_TO_A
    Use EVSE    kind=socket
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    IEC61851.OPEN_ON_C_TO_A    after=plug is pulled

The Filter Keeps Its Share
    [Tags]    req:EVSELOOP.FILTER_BUDGET
    Vehicle Is Charging    byd-atto-3    soc=40
    Time Should Keep    EVSELOOP.FILTER_BUDGET    after=vehicle leaves C under load    until=coil off

The Coil Keeps Its Share
    [Tags]    req:EVSELOOP.COIL_RELEASE
    Vehicle Is Charging    byd-atto-3    soc=40
    Time Should Keep    EVSELOOP.COIL_RELEASE    after=plug is pulled    since=coil off
    ...    until=contacts parted

The Arc Keeps Its Share
    [Tags]    needs:power    req:EVSELOOP.ARC
    Vehicle Is Charging    byd-atto-3    soc=40
    Time Should Keep    EVSELOOP.ARC    after=fault earth_lost    since=contacts parted
    ...    until=main poles open

The Coil Goes Off At Once
    [Tags]    req:EVSELOOP.COIL_OFF_IMMEDIATE
    [Template]    The Coil Should Go Off At Once
    earth_lost
    diode_shorted
    neutral_lost shift_v=60
    phase_lost line=l3
    pilot_converter_dead
    meter_dead
    temperature_sensor_lost
    terminal_temperature temperature_c=86

The Diode Fails While Charging
    [Tags]    req:IEC61851.OPEN_ON_DIODE_FAULT
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    IEC61851.OPEN_ON_DIODE_FAULT    after=fault diode_shorted

Earth Of The Supply Is Lost While Charging
    [Tags]    req:IEC61851.OPEN_ON_EARTH_LOST
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    IEC61851.OPEN_ON_EARTH_LOST    after=fault earth_lost

Earth Of The Cable Is Lost While Charging
    [Tags]    req:IEC61851.OPEN_ON_CABLE_EARTH_LOST
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    IEC61851.OPEN_ON_CABLE_EARTH_LOST    after=fault earth_open

Earth Of A Loose Cable Is Lost While Charging
    [Documentation]    The plug is still in the socket, and the proximity contact says so.
    [Tags]    req:IEC61851.OPEN_ON_CABLE_EARTH_LOST
    Use EVSE    kind=socket
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    IEC61851.OPEN_ON_CABLE_EARTH_LOST    after=fault earth_open

The Neutral Is Lost While Charging
    [Tags]    needs:supply    req:EVSELOOP.OPEN_ON_NEUTRAL_LOST
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    EVSELOOP.OPEN_ON_NEUTRAL_LOST
    ...    after=fault neutral_lost shift_v=60

The Pilot Converter Dies While Charging
    [Tags]    req:EVSELOOP.OPEN_ON_SENSOR_LOST
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    EVSELOOP.OPEN_ON_SENSOR_LOST
    ...    after=fault pilot_converter_dead

The Pilot Is Shorted In State C Ahead Of The Diode
    [Tags]    req:IEC61851.OPEN_ON_SHORTED_PILOT_C
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    IEC61851.OPEN_ON_SHORTED_PILOT_C
    ...    after=fault pilot_short resistance_ohm=80 where=before

The Pilot Is Shorted In State C Behind The Diode
    [Tags]    req:IEC61851.OPEN_ON_SHORTED_PILOT_C
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    IEC61851.OPEN_ON_SHORTED_PILOT_C
    ...    after=fault pilot_short resistance_ohm=80 where=behind

The Pilot Is Shorted In State D
    [Tags]    req:IEC61851.OPEN_ON_SHORTED_PILOT_D
    Use EVSE    ventilation=yes
    Vehicle Is Charging    instrument    precise=yes
    Then It Happened    vehicle asks for ventilation
    Situation Settles    10 s
    Contactor Should Open Within    IEC61851.OPEN_ON_SHORTED_PILOT_D
    ...    after=fault pilot_short resistance_ohm=80 where=behind

The Supply Goes Away
    [Tags]    needs:supply    req:EVSELOOP.OPEN_ON_SUPPLY_GONE
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    EVSELOOP.OPEN_ON_SUPPLY_GONE    after=power is cut

The Controller Resets While Charging
    [Tags]    req:EVSELOOP.OPEN_ON_CONTROLLER_RESET
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    EVSELOOP.OPEN_ON_CONTROLLER_RESET    after=controller resets

The Controller Hangs While Charging
    [Tags]    req:EVSELOOP.OPEN_ON_WATCHDOG
    Vehicle Is Charging    byd-atto-3    soc=40
    Contactor Should Open Within    EVSELOOP.OPEN_ON_WATCHDOG    after=controller hangs


*** Keywords ***
The Coil Should Go Off At Once
    [Arguments]    ${fault}
    Vehicle Is Charging    byd-atto-3    soc=40
    Time Should Keep    EVSELOOP.COIL_OFF_IMMEDIATE    after=fault ${fault}    until=coil off
