// How faults end, and what they show while they stand.
#include "bench.h"

using namespace evse;
using namespace evse::test;

TEST_CASE("a fault that shows state F shows it for 310 ms, then +12 V to look") {
  Bench bench;
  bench.charge();
  bench.in.earth_sense = false;
  bench.until_phase(Phase::Recovering, 100);
  CHECK(bench.out().pilot_mode == PilotMode::SteadyNegative);
  bench.run(309);
  CHECK(bench.out().pilot_mode == PilotMode::SteadyNegative);
  bench.run(1);
  CHECK(bench.out().pilot_mode == PilotMode::SteadyPositive);
  bench.run(60000);
  CHECK(bench.out().pilot_mode == PilotMode::SteadyPositive);
  CHECK(bench.phase() == Phase::Recovering);
}

TEST_CASE("a fault that comes while another stands does not show state F anew") {
  Bench bench;
  bench.plug(PilotState::D);
  bench.permit();
  bench.until_phase(Phase::Recovering);
  CHECK(bench.report().faults == bit(FaultCode::VentilationUnavailable));
  bench.in.earth_sense = false;
  bench.run(50);
  CHECK(bench.faulted(FaultCode::EarthLost));
  CHECK(bench.out().pilot_mode == PilotMode::SteadyPositive);
}

TEST_CASE("a fault that heals ends ten seconds after its cause, and charging resumes in C") {
  Bench bench;
  bench.charge();
  bench.in.earth_sense = false;
  bench.run(5000);
  bench.draw(0);
  bench.in.earth_sense = true;
  const uint64_t ms = bench.until([&] { return bench.report().faults == 0; }, 20000);
  CHECK(ms >= 10000);
  CHECK(ms <= 10050);
  CHECK(bench.phase() != Phase::Recovering);
  CHECK(bench.until_phase(Phase::Charging) <= 3000);
}

TEST_CASE("a cause that comes back in between starts the ten seconds anew") {
  Bench bench;
  bench.charge();
  bench.in.earth_sense = false;
  bench.run(1000);
  bench.in.earth_sense = true;
  bench.run(9000);
  bench.in.earth_sense = false;
  bench.run(100);
  bench.in.earth_sense = true;
  bench.run(9000);
  CHECK(bench.faulted(FaultCode::EarthLost));
}

TEST_CASE("the fourth time in ten minutes it stays until somebody does something") {
  Bench bench;
  bench.charge();
  bench.draw(0);
  for (int i = 0; i < 3; ++i) {
    bench.in.earth_sense = false;
    bench.run(1000);
    bench.in.earth_sense = true;
    bench.until_phase(Phase::Charging, 20000);
  }
  bench.in.earth_sense = false;
  bench.run(1000);
  bench.in.earth_sense = true;
  bench.run(60000);
  CHECK(bench.phase() == Phase::Faulted);
  SUBCASE("acknowledging it") {
    bench.acknowledge();
    bench.until_phase(Phase::Charging, 5000);
  }
  SUBCASE("unplugging") {
    bench.vehicle = PilotState::A;
    bench.run(100);
    CHECK(bench.phase() == Phase::Idle);
  }
  CHECK(bench.report().faults == 0);
}

TEST_CASE("three times in more than ten minutes are forgiven") {
  Bench bench;
  bench.charge();
  bench.draw(0);
  for (int i = 0; i < 4; ++i) {
    bench.in.earth_sense = false;
    bench.run(1000);
    bench.in.earth_sense = true;
    bench.until_phase(Phase::Charging, 20000);
    bench.run(200000);
  }
  CHECK(bench.phase() == Phase::Charging);
}

TEST_CASE("a fault of the vehicle ends when it is unplugged, or by people, and not before") {
  for (const bool people : {false, true}) {
    Bench bench;
    bench.charge();
    bench.leaks = true;
    bench.run(10);
    bench.draw(0);
    bench.leaks = false;
    bench.vehicle = PilotState::B;
    bench.run(60000);
    CHECK(bench.phase() == Phase::Faulted);
    if (people) {
      bench.acknowledge();
    } else {
      bench.vehicle = PilotState::A;
    }
    bench.run(100);
    CHECK(bench.report().faults == 0);
    CHECK(bench.phase() == (people ? Phase::Offering : Phase::Idle));
  }
}

TEST_CASE("acknowledging ends nothing whose cause is there") {
  Bench bench;
  bench.in.earth_sense = false;
  bench.run(1000);
  bench.acknowledge();
  bench.run(1000);
  CHECK(bench.faulted(FaultCode::EarthLost));
  bench.in.earth_sense = true;
  bench.run(100);
  CHECK(bench.faulted(FaultCode::EarthLost));
  bench.acknowledge();
  bench.run(100);
  CHECK(bench.report().faults == 0);
}

TEST_CASE("a fault of the installation does not go with the vehicle") {
  Bench bench;
  bench.charge();
  bench.in.earth_sense = false;
  bench.run(1000);
  bench.vehicle = PilotState::A;
  bench.run(1000);
  bench.in.earth_sense = true;
  bench.run(9000);
  CHECK(bench.faulted(FaultCode::EarthLost));
  bench.run(1100);
  CHECK(bench.phase() == Phase::Idle);
}

TEST_CASE("a shorted pilot that goes with its vehicle is forgotten at once") {
  Bench bench;
  bench.charge();
  bench.vehicle = PilotState::E;
  bench.run(1000);
  CHECK(bench.faulted(FaultCode::PilotShorted));
  bench.vehicle = PilotState::A;
  bench.run(100);
  CHECK(bench.phase() == Phase::Idle);
}

TEST_CASE("a weld is known after a reset, and only people end it") {
  Memory memory;
  memory.welded = true;
  Bench bench({}, memory);
  bench.plug(PilotState::C);
  bench.permit();
  bench.run(30000);
  CHECK(bench.phase() == Phase::Faulted);
  bench.vehicle = PilotState::A;
  bench.run(1000);
  CHECK(bench.faulted(FaultCode::ContactorWelded));
  bench.acknowledge();
  bench.run(100);
  CHECK(bench.phase() == Phase::Idle);
  CHECK_FALSE(bench.controller.memory().welded);
}

TEST_CASE("no other fault is remembered as a weld") {
  Bench bench;
  bench.in.earth_sense = false;
  bench.run(100);
  REQUIRE(bench.report().faults == bit(FaultCode::EarthLost));
  CHECK_FALSE(bench.controller.memory().welded);
}

TEST_CASE("heat ends below 60 degrees") {
  Bench bench;
  bench.charge();
  bench.in.temperature_contactor_cc = 7500;
  bench.run(10);
  bench.draw(0);
  bench.run(60000);
  bench.in.temperature_contactor_cc = 6000;
  bench.run(60000);
  CHECK(bench.phase() == Phase::Recovering);
  bench.in.temperature_contactor_cc = 5900;
  bench.until_phase(Phase::Charging, 5000);
}

TEST_CASE("a sag has to last, and ends above 88 percent") {
  Bench bench;
  bench.charge();
  bench.voltage_mv[0] = 190000;
  bench.run(480);
  bench.voltage_mv[0] = 230000;
  bench.run(1000);
  CHECK(bench.phase() == Phase::Charging);
  bench.voltage_mv[0] = 190000;
  bench.until_phase(Phase::Stopping, 560);
  bench.draw(0);
  bench.voltage_mv[0] = 202000;
  bench.run(30000);
  CHECK(bench.faulted(FaultCode::UnderVoltage));
  bench.voltage_mv[0] = 203000;
  bench.run(10100);
  CHECK(bench.report().faults == 0);
}

TEST_CASE("a supply that is gone is an under-voltage, and is not judged while it comes back") {
  Bench bench;
  bench.in.supply_present = false;
  bench.run(100);
  CHECK(bench.report().faults == bit(FaultCode::UnderVoltage));
  bench.in.supply_present = true;
  bench.voltage_mv[1] = 0;
  bench.run(90);
  CHECK(bench.report().faults == bit(FaultCode::UnderVoltage));
  bench.voltage_mv[1] = 230000;
  bench.run(10200);
  CHECK(bench.report().faults == 0);
}

TEST_CASE("out of service is state F until it is over, and then the circuit is looked at") {
  Bench bench;
  bench.plug();
  bench.run(100);
  bench.command.available = false;
  bench.run(5);
  CHECK(bench.phase() == Phase::Unavailable);
  CHECK(bench.out().pilot_mode == PilotMode::SteadyNegative);
  CHECK(bench.report().state == PilotState::F);
  SUBCASE("at least for 310 ms") {
    bench.command.available = true;
    CHECK(bench.until([&] { return bench.out().pilot_mode != PilotMode::SteadyNegative; }, 400) >=
          300);
    bench.run(30);
    CHECK(bench.phase() == Phase::Plugged);
  }
  SUBCASE("whoever has left meanwhile is not plugged in for a moment") {
    bench.run(5000);
    bench.vehicle = PilotState::A;
    bench.run(5000);
    bench.command.available = true;
    bench.until([&] { return bench.phase() != Phase::Unavailable; }, 100);
    CHECK(bench.phase() == Phase::Idle);
  }
}

TEST_CASE("converters have 200 ms to start up after a reset") {
  Bench bench;
  bench.in.temperature_valid = false;
  bench.controller.reset(bench.now_us, Memory());
  bench.run(199);
  CHECK(bench.report().faults == 0);
  bench.run(50);
  CHECK(bench.report().faults == bit(FaultCode::SensorLost));
}

TEST_CASE("what has happened is logged, the newest first") {
  Bench bench;
  bench.in.earth_sense = false;
  bench.run(100);
  bench.in.temperature_valid = false;
  bench.run(100);
  const Memory memory = bench.controller.memory();
  CHECK((1u << (memory.log[0].number - 1)) == bit(FaultCode::SensorLost));
  CHECK((1u << (memory.log[1].number - 1)) == bit(FaultCode::EarthLost));
  CHECK(memory.log[2].number == 0);
}
