*** Settings ***
Documentation       Every class of vehicle charges, and draws what its own charger, the cable and
...                 the pilot allow.
Resource            scenarios/resources/electrics.resource
Test Tags           needs:vehicle    needs:power


*** Test Cases ***
A Three-Phase Car Charges
    [Tags]    req:EVSELOOP.EV_RATING    req:IEC61851.EV_BELOW_PILOT
    Vehicle Is Charging    byd-atto-3    soc=40
    Show Signals    last=25 s
    ${above rating}=    Excess Over Rating    16    duration=5 min
    Verify    EVSELOOP.EV_RATING    ${above rating}
    ${above offer}=    Excess Over Offer    16    10    6
    Verify    IEC61851.EV_BELOW_PILOT    ${above offer}

A Single-Phase Car Charges On A Three-Phase Supply
    [Tags]    req:EVSELOOP.EV_RATING    req:IEC61851.EV_BELOW_PILOT
    Vehicle Is Charging    nissan-leaf-40    soc=30
    ${above rating}=    Excess Over Rating    29    duration=5 min
    Verify    EVSELOOP.EV_RATING    ${above rating}
    ${above offer}=    Excess Over Offer    29    13    6
    Verify    IEC61851.EV_BELOW_PILOT    ${above offer}

A Two-Phase Car Charges On A Three-Phase Supply
    [Tags]    req:EVSELOOP.EV_RATING    req:IEC61851.EV_BELOW_PILOT
    Vehicle Is Charging    vw-e-up    soc=30
    ${above rating}=    Excess Over Rating    16    duration=5 min
    Verify    EVSELOOP.EV_RATING    ${above rating}
    ${above offer}=    Excess Over Offer    16    8    6
    Verify    IEC61851.EV_BELOW_PILOT    ${above offer}

A Car That Needs Eight Amperes Draws Nothing At Six
    [Documentation]    Some cars stop where little headroom is left; that breaks nothing.
    [Tags]    req:IEC61851.EV_BELOW_PILOT
    Vehicle Is Charging    renault-zoe-ze50    soc=30    limit=16
    ${above offer}=    Excess Over Offer    8    6    7
    Verify    IEC61851.EV_BELOW_PILOT    ${above offer}

An Electric Motorcycle With A Full Pilot Charges
    [Tags]    req:EVSELOOP.MOTORCYCLE_POWER
    Use EVSE    phases=1
    Vehicle Is Charging    zero-sr-f    soc=30
    ${kilowatts}=    Power Of Vehicle
    Verify    EVSELOOP.MOTORCYCLE_POWER    ${kilowatts}

An Electric Motorcycle With A Simplified Pilot Charges
    [Tags]    req:IEC61851.SIMPLIFIED_PILOT    req:EVSELOOP.MOTORCYCLE_POWER
    Use EVSE    phases=1
    Vehicle Is Charging    energica-ego    soc=30
    ${amps}=    Current Of Vehicle
    Verify    IEC61851.SIMPLIFIED_PILOT    ${amps}
    ${kilowatts}=    Power Of Vehicle
    Verify    EVSELOOP.MOTORCYCLE_POWER    ${kilowatts}

A Vehicle With A Simplified Pilot Is Never In State B
    [Documentation]    Plugged in, permitted, charging, stopped, pulled: A, C and A again. It draws
    ...    from one phase of three.
    [Tags]    needs:command    req:IEC61851.SIMPLIFIED_NEVER_B    req:IEC61851.SIMPLIFIED_PILOT
    ...    req:IEC61851.SIMPLIFIED_ONE_PHASE
    Nothing Is Plugged In
    ${steps}=    Steps With State B    energica-ego    limit=32
    Verify    IEC61851.SIMPLIFIED_NEVER_B    ${steps}
    Vehicle Is Charging    energica-ego    soc=30    limit=32
    ${amps}=    Current Of Vehicle
    Verify    IEC61851.SIMPLIFIED_PILOT    ${amps}
    ${others}=    Current On Other Phases
    Verify    IEC61851.SIMPLIFIED_ONE_PHASE    ${others}

An Electric Motorcycle Without A Pilot Charges From A Plain Socket
    [Tags]    req:EVSELOOP.MOTORCYCLE_POWER
    Use EVSE    kind=plain    rating=16    phases=1
    Vehicle Is Charging    super-soco-tc-max    soc=30
    ${kilowatts}=    Power Of Vehicle
    Verify    EVSELOOP.MOTORCYCLE_POWER    ${kilowatts}

A Plain Socket Ends The Charge When Nothing Flows Any More
    [Tags]    req:EVSELOOP.PLAIN_END_OF_CHARGE
    Use EVSE    kind=plain    rating=16    phases=1
    Vehicle Is Charging    super-soco-tc-max    soc=30
    Time Should Keep    EVSELOOP.PLAIN_END_OF_CHARGE    after=vehicle pauses
    ...    until=main poles open    timeout=3 min

A Plain Socket Takes Less Than A Tenth Of An Ampere For The End
    [Tags]    req:EVSELOOP.PLAIN_END_CURRENT
    Use EVSE    kind=plain    rating=16    phases=1
    Vehicle Is Charging    super-soco-tc-max    soc=30
    ${amps}=    Threshold    fault short_circuit current_a={}    main poles open
    ...    quiet=1    loud=0.01    resolution=0.001    within=70 s
    Verify    EVSELOOP.PLAIN_END_CURRENT    ${amps}

A Full Battery Ends The Charge
    [Tags]    req:EVSELOOP.EV_ENDS_BY_ITSELF
    Vehicle Is Charging    byd-atto-3    soc=98
    ${amps}=    Current When Vehicle Ends
    Verify    EVSELOOP.EV_ENDS_BY_ITSELF    ${amps}

Power Tapers Before The Battery Is Full
    [Tags]    req:EVSELOOP.EV_TAPER
    Vehicle Is Charging    renault-zoe-ze50    soc=75
    ${percent}=    State Of Charge Where Power Falls
    Verify    EVSELOOP.EV_TAPER    ${percent}
