// From plugging in to the closed contactor, and what must be there before.
#include "bench.h"

using namespace evse;
using namespace evse::test;

TEST_CASE("a charger at rest shows steady +12 V and drives nothing") {
  Bench bench;
  CHECK(bench.phase() == Phase::Idle);
  CHECK(bench.out().pilot_mode == PilotMode::SteadyPositive);
  CHECK_FALSE(bench.out().contactor_main);
  CHECK_FALSE(bench.report().plugged);
}

TEST_CASE("a vehicle that is permitted gets an offer, asks, and gets energy within 3 s") {
  Bench bench;
  bench.plug();
  bench.run(100);
  CHECK(bench.phase() == Phase::Plugged);
  CHECK(bench.report().plugged);
  bench.permit(16000);
  bench.run(1);
  CHECK(bench.phase() == Phase::Offering);
  CHECK(bench.out().pilot_mode == PilotMode::Pwm);
  CHECK(bench.out().pilot_duty_ppm == 266666);
  CHECK(bench.report().offered_ma == 16000);
  CHECK(bench.out().residual_test);
  bench.run(500);
  bench.vehicle = PilotState::C;
  CHECK(bench.until_phase(Phase::Charging) <= 3000);
  CHECK(bench.out().contactor_main);
  CHECK(bench.out().contactor_l2l3);
  CHECK(bench.report().closed);
}

TEST_CASE("a vehicle that asks before it is permitted gets energy within 3 s of the PWM") {
  Bench bench;
  bench.plug(PilotState::C);
  bench.run(5000);
  CHECK(bench.phase() == Phase::Plugged);
  CHECK(bench.report().vehicle_ready);
  bench.permit();
  CHECK(bench.until_phase(Phase::Charging) <= 3000);
}

TEST_CASE("one phase closes one contactor, wanted or built") {
  Bench three;
  three.command.phases = 1;
  three.charge();
  CHECK(three.out().contactor_main);
  CHECK_FALSE(three.out().contactor_l2l3);
  Bench one(single_phase());
  one.charge();
  CHECK(one.out().contactor_main);
  CHECK_FALSE(one.out().contactor_l2l3);
}

TEST_CASE("nothing closes while something that closing waits for is missing") {
  Bench bench(ventilated());
  bench.plug(PilotState::C);
  bench.run(100);
  SUBCASE("permission") {}
  SUBCASE("a current of 6 A") { bench.permit(5999); }
  SUBCASE("the diode") {
    bench.diode = false;
    bench.permit();
  }
  SUBCASE("earth") {
    bench.in.earth_sense = false;
    bench.permit();
  }
  SUBCASE("a monitor that answers its test") {
    bench.monitor_dead = true;
    bench.permit();
  }
  SUBCASE("a monitor without a trip") {
    bench.leaks = true;
    bench.permit();
  }
  SUBCASE("a supply") {
    bench.in.supply_present = false;
    bench.permit();
  }
  SUBCASE("a phase of it") {
    bench.voltage_mv[2] = 0;
    bench.permit();
  }
  SUBCASE("enough voltage") {
    bench.voltage_mv[1] = 195000;
    bench.permit();
  }
  SUBCASE("a meter that measures") {
    bench.converter = false;
    bench.permit();
  }
  SUBCASE("a thermometer") {
    bench.in.temperature_valid = false;
    bench.permit();
  }
  SUBCASE("a contactor that is open") {
    bench.weld_shut();
    bench.permit();
  }
  SUBCASE("state C") {
    bench.vehicle = PilotState::B;
    bench.permit();
  }
  SUBCASE("a pilot that is not shorted") {
    bench.vehicle = PilotState::E;
    bench.permit();
  }
  SUBCASE("being in service") {
    bench.command.available = false;
    bench.permit();
  }
  for (int ms = 0; ms < 20000; ++ms) {
    bench.run(1);
    REQUIRE_FALSE(bench.out().contactor_main);
  }
}

TEST_CASE("in a socket nothing closes without a cable, or without its lock") {
  Bench bench(socket_with_lock());
  bench.in.proximity_mv = kCable32Mv;
  bench.permit();
  bench.vehicle = PilotState::C;
  SUBCASE("no cable that anybody makes") { bench.in.proximity_mv = 100; }
  SUBCASE("a broken proximity contact") { bench.in.proximity_mv = 2750; }
  SUBCASE("a lock that does not go home") { bench.lock_stuck = true; }
  for (int ms = 0; ms < 20000; ++ms) {
    bench.run(1);
    REQUIRE_FALSE(bench.out().contactor_main);
  }
}

TEST_CASE("state D closes where there is ventilation, after it is on") {
  Bench bench(ventilated());
  bench.plug(PilotState::D);
  bench.permit();
  bench.until([&] { return bench.out().ventilation; }, 1000);
  CHECK(bench.until_phase(Phase::Charging) >= 499);
  CHECK(bench.report().faults == 0);
  bench.vehicle = PilotState::C;
  bench.run(100);
  CHECK_FALSE(bench.out().ventilation);
  CHECK(bench.phase() == Phase::Charging);
}

TEST_CASE("every closing has a self-test of its own, with an open contactor") {
  Bench bench;
  bench.charge();
  for (int i = 0; i < 3; ++i) {
    bench.draw(0);
    bench.vehicle = PilotState::B;
    bench.until_phase(Phase::Offering);
    bench.until([&] { return bench.out().residual_test; }, 100);
    CHECK(bench.in.mirror_main_open);
    bench.run(1000);
    bench.vehicle = PilotState::C;
    bench.until_phase(Phase::Charging);
    bench.run(3000);
  }
  CHECK(bench.report().faults == 0);
}

TEST_CASE("a vehicle that asks after more than a minute gets a new self-test") {
  Bench bench;
  bench.plug();
  bench.permit();
  bench.run(65000);
  CHECK_FALSE(bench.out().residual_test);
  bench.vehicle = PilotState::C;
  bench.until([&] { return bench.out().residual_test; }, 100);
  CHECK_FALSE(bench.out().contactor_main);
  bench.until_phase(Phase::Charging, 1000);
}

TEST_CASE("a limit is followed every five seconds, and what is offered is told") {
  Bench bench;
  bench.charge(16000);
  bench.run(5000);
  bench.command.limit_ma = 10000;
  bench.run(1);
  CHECK(bench.report().offered_ma == 10000);
  CHECK(bench.out().pilot_duty_ppm == 166666);
  bench.draw(10000);
  bench.command.limit_ma = 12000;
  bench.run(5000);
  CHECK(bench.report().offered_ma == 10000);
  bench.run(20);
  CHECK(bench.report().offered_ma == 12000);
}

TEST_CASE("no more is offered than cable, charger and standard allow") {
  Hardware hardware = socket_with_lock();
  hardware.rating_ma = 80000;
  Bench socket(hardware);
  socket.in.proximity_mv = kCable32Mv;
  socket.charge(80000);
  CHECK(socket.report().offered_ma == 32000);
  CHECK(socket.report().cable_rating_ma == 32000);
  Bench tethered;
  tethered.charge(80000);
  CHECK(tethered.report().offered_ma == 32000);
}

TEST_CASE("the report's revision goes up with what is told, not with what is measured") {
  Bench bench;
  bench.charge();
  const uint32_t revision = bench.controller.revision();
  bench.draw(15000);
  bench.in.temperature_contactor_cc = 3000;
  bench.run(5000);
  CHECK(bench.report().current_ma[2] == 15000);
  CHECK(bench.report().temperature_cc == 3000);
  CHECK(bench.controller.revision() == revision);
  bench.vehicle = PilotState::B;
  bench.run(100);
  CHECK(bench.controller.revision() != revision);
}
