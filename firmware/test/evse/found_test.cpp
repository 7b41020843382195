// What random courses of events have found, beside another controller that went through the same.
#include "bench.h"

using namespace evse;
using namespace evse::test;

TEST_CASE("from 85 degrees on a soft stop is none any more, and is told so") {
  Bench bench;
  bench.charge();
  bench.command.available = false;
  bench.run(3);
  bench.in.temperature_contactor_cc = 9100;
  bench.until([&] { return !bench.out().contactor_main; }, 60);
  CHECK(bench.report().last_stop == StopKind::Immediate);
}

TEST_CASE("a cable whose contact is shorted stays locked as long as it was to be") {
  Bench bench(socket_with_lock());
  bench.in.proximity_mv = kCable32Mv;
  bench.charge();
  bench.in.proximity_mv = 0;
  bench.run(1000);
  CHECK(bench.faulted(FaultCode::ProximityInvalid));
  CHECK_FALSE(bench.out().contactor_main);
  CHECK(bench.out().lock);
  bench.command.permitted = false;
  bench.run(10);
  CHECK_FALSE(bench.out().lock);
}

TEST_CASE("a sag that comes back within ten seconds counts at once, and from 88 percent on") {
  Bench bench;
  bench.voltage_mv[0] = 190000;
  bench.run(600);
  CHECK(bench.faulted(FaultCode::UnderVoltage));
  bench.voltage_mv[0] = 230000;
  bench.run(9000);
  bench.voltage_mv[0] = 199000;
  bench.run(60);
  bench.voltage_mv[0] = 230000;
  bench.run(9000);
  CHECK(bench.faulted(FaultCode::UnderVoltage));
  bench.run(1200);
  CHECK(bench.report().faults == 0);
  bench.voltage_mv[0] = 199000;
  bench.run(1000);
  CHECK(bench.report().faults == 0);
}

TEST_CASE("a swell that comes back within ten seconds counts at once, and from 108 percent on") {
  Bench bench;
  bench.voltage_mv[0] = bench.voltage_mv[1] = bench.voltage_mv[2] = 256000;
  bench.run(200);
  CHECK(bench.faulted(FaultCode::OverVoltage));
  bench.voltage_mv[0] = bench.voltage_mv[1] = bench.voltage_mv[2] = 230000;
  bench.run(9000);
  bench.voltage_mv[0] = 250000;
  bench.run(60);
  bench.voltage_mv[0] = 230000;
  bench.run(9000);
  CHECK(bench.faulted(FaultCode::OverVoltage));
  bench.run(1200);
  CHECK(bench.report().faults == 0);
}

TEST_CASE("a vehicle that leaves in the tick in which state F begins is told as gone") {
  Bench bench;
  bench.charge();
  bench.command.available = false;
  bench.run(3);
  bench.vehicle = PilotState::A;
  bench.until_phase(Phase::Unavailable, 50);
  CHECK(bench.out().pilot_mode == PilotMode::SteadyNegative);
  CHECK_FALSE(bench.report().plugged);
}

TEST_CASE("in state F nobody is ventilated for, and after it whoever still asks") {
  Bench bench(ventilated());
  bench.plug(PilotState::D);
  bench.permit();
  bench.until_phase(Phase::Charging, 5000);
  bench.draw(0);
  bench.command.available = false;
  bench.until_phase(Phase::Unavailable, 7000);
  CHECK(bench.out().pilot_mode == PilotMode::SteadyNegative);
  CHECK_FALSE(bench.out().ventilation);
  bench.command.available = true;
  bench.until([&] { return bench.out().ventilation; }, 400);
  CHECK(bench.report().state == PilotState::D);
}
