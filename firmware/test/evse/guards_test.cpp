// Each guard alone: all else is well, and one thing is not.
#include <string>

#include "bench.h"

using namespace evse;
using namespace evse::test;

namespace {

// A vehicle that asks and is permitted is plugged into a fresh charger.
void begin(Bench& bench) {
  bench.in.proximity_mv = kCable32Mv;
  bench.plug(PilotState::C);
  bench.permit();
}

uint64_t ms_to_close(const Hardware& hardware) {
  Bench bench(hardware);
  begin(bench);
  return bench.until_phase(Phase::Charging, 5000);
}

}  // namespace

TEST_CASE("what fails in the last moment keeps the contactor open, and no longer than it lasts") {
  struct Case {
    std::string what;
    void (*fail)(Bench&);
    void (*mend)(Bench&);
    uint64_t before_ms;  // it takes that long to be seen
  };
  const Case cases[] = {
      {"earth", [](Bench& b) { b.in.earth_sense = false; },
       [](Bench& b) { b.in.earth_sense = true; }, 2},
      {"a thermometer", [](Bench& b) { b.in.temperature_valid = false; },
       [](Bench& b) { b.in.temperature_valid = true; }, 2},
      {"the supply", [](Bench& b) { b.in.supply_present = false; },
       [](Bench& b) { b.in.supply_present = true; }, 2},
      {"a voltage", [](Bench& b) { b.voltage_mv[0] = 190000; },
       [](Bench& b) { b.voltage_mv[0] = 230000; }, 40},
      {"the diode", [](Bench& b) { b.diode = false; }, [](Bench& b) { b.diode = true; }, 2},
      {"the mirror contact", [](Bench& b) { b.weld_shut(); }, [](Bench& b) { b.welded = false; },
       2},
      {"the mirror contact of L2 and L3", [](Bench& b) { b.weld_l2l3_shut(); },
       [](Bench& b) { b.welded = false; }, 2},
      {"the lock", [](Bench& b) { b.lock_stuck = !(b.in.lock_feedback = false); },
       [](Bench& b) { b.lock_stuck = !(b.in.lock_feedback = true); }, 2},
  };
  const uint64_t closes_ms = ms_to_close(socket_with_lock());
  for (const Case& c : cases) {
    CAPTURE(c.what);
    Bench bench(socket_with_lock());
    begin(bench);
    bench.run(closes_ms - c.before_ms);
    c.fail(bench);
    bench.run(c.before_ms + 15);
    CHECK(bench.phase() == Phase::Testing);
    CHECK_FALSE(bench.out().contactor_main);
    c.mend(bench);
    bench.until_phase(Phase::Charging, 500);
    CHECK(bench.report().faults == 0);
  }
}

TEST_CASE("L2 and L3 have a contactor of their own, which welds and sticks of its own") {
  Bench bench;
  bench.main_well = true;
  SUBCASE("welded") {
    bench.charge();
    bench.welded = true;
    bench.draw(0);
    bench.vehicle = PilotState::B;
    bench.until([&] { return bench.report().faults != 0; }, 500);
    CHECK(bench.report().faults == bit(FaultCode::ContactorWelded));
    CHECK(bench.in.mirror_main_open);
    CHECK(bench.report().closed);
  }
  SUBCASE("stuck open") {
    bench.stuck_open = true;
    bench.plug(PilotState::C);
    bench.permit();
    bench.until([&] { return bench.report().faults != 0; }, 5000);
    CHECK(bench.report().faults == bit(FaultCode::ContactorStuckOpen));
  }
}

TEST_CASE("a charger of one phase has one contactor, whatever is wanted or seen of another") {
  Bench bench(single_phase());
  bench.weld_l2l3_shut();
  bench.command.phases = 3;
  bench.charge();
  CHECK_FALSE(bench.out().contactor_l2l3);
  CHECK(bench.report().faults == 0);
}

TEST_CASE("a charger of one phase notices its contactor's weld, and one that does not close") {
  Bench bench(single_phase());
  SUBCASE("welded") {
    bench.charge();
    bench.welded = true;
    bench.draw(0);
    bench.vehicle = PilotState::B;
    bench.until([&] { return bench.report().faults != 0; }, 500);
    CHECK(bench.report().faults == bit(FaultCode::ContactorWelded));
  }
  SUBCASE("stuck open") {
    bench.stuck_open = true;
    bench.plug(PilotState::C);
    bench.permit();
    bench.until([&] { return bench.report().faults != 0; }, 5000);
    CHECK(bench.report().faults == bit(FaultCode::ContactorStuckOpen));
  }
}

TEST_CASE("a monitor that fails its self-test is a fault until somebody looks") {
  Bench bench;
  bench.monitor_dead = true;
  bench.plug();
  bench.permit();
  bench.until([&] { return bench.report().faults != 0; }, 3000);
  CHECK(bench.report().faults == bit(FaultCode::ResidualTestFailed));
  bench.run(60000);
  CHECK(bench.phase() == Phase::Faulted);
}

TEST_CASE("what can be decided at once is decided in one tick") {
  Bench bench;
  bench.plug(PilotState::C);
  bench.run(100);
  REQUIRE(bench.phase() == Phase::Plugged);
  bench.permit();
  bench.run(1);
  CHECK(bench.phase() == Phase::Testing);
  CHECK(bench.out().pilot_mode == PilotMode::Pwm);
  CHECK(bench.out().residual_test);
}

TEST_CASE("a cable that may have more gives no more than is allowed") {
  Bench bench(socket_with_lock());
  bench.in.proximity_mv = kCable32Mv;
  bench.charge(16000);
  CHECK(bench.report().offered_ma == 16000);
}

TEST_CASE("a contactor that opens for want of a supply is not called stuck") {
  Bench bench;
  bench.charge();
  bench.draw(0);
  bench.in.supply_present = false;
  bench.stuck_open = true;
  bench.run(1000);
  CHECK_FALSE(bench.faulted(FaultCode::ContactorStuckOpen));
}

TEST_CASE("a fault that stays shows state F as well") {
  Bench bench;
  bench.charge();
  bench.leaks = true;
  bench.run(2);
  CHECK(bench.phase() == Phase::Faulted);
  CHECK(bench.out().pilot_mode == PilotMode::SteadyNegative);
  CHECK(bench.report().state == PilotState::F);
  CHECK(bench.report().plugged);
  bench.run(310);
  CHECK(bench.out().pilot_mode == PilotMode::SteadyPositive);
}

TEST_CASE("what may be read in state F is noise, and nobody has left") {
  Bench bench;
  bench.charge();
  bench.leaks = true;
  bench.run(2);
  REQUIRE(bench.out().pilot_mode == PilotMode::SteadyNegative);
  Inputs noise = bench.in;
  noise.residual_trip = false;
  noise.pilot_n_high = 40;
  noise.pilot_high_mv = 12000;
  for (uint64_t ms = 1; ms <= 100; ++ms) bench.controller.tick(bench.now_us + ms * kMs, noise);
  CHECK(bench.faulted(FaultCode::ResidualCurrent));
}

TEST_CASE("a fault that is left for a worse one, or for a lesser, shows no second state F") {
  Bench bench;
  bench.charge();
  bench.draw(0);
  bench.in.earth_sense = false;
  bench.run(500);
  CHECK(bench.phase() == Phase::Recovering);
  bench.leaks = true;
  bench.run(10);
  CHECK(bench.phase() == Phase::Faulted);
  CHECK(bench.out().pilot_mode == PilotMode::SteadyPositive);
  bench.leaks = false;
  bench.run(10);
  bench.acknowledge();
  bench.run(2);
  CHECK(bench.phase() == Phase::Recovering);
  CHECK(bench.out().pilot_mode == PilotMode::SteadyPositive);
}

TEST_CASE("a cable that nobody needs is not locked") {
  Bench bench(socket_with_lock());
  bench.in.proximity_mv = kCable32Mv;
  bench.plug();
  bench.run(1000);
  CHECK_FALSE(bench.out().lock);
  bench.command.hold_lock = true;
  bench.run(1000);
  CHECK(bench.out().lock);
}

TEST_CASE("a start button counts when it goes down, a stop button as long as it is held") {
  Bench bench;
  SUBCASE("a start button that is stuck") {
    bench.in.button_start = true;
    bench.charge();
    bench.in.button_stop = true;
    bench.run(10);
    bench.in.button_stop = false;
    bench.draw(0);
    bench.run(10000);
    CHECK(bench.phase() == Phase::Plugged);
  }
  SUBCASE("a stop button that is stuck") {
    bench.charge();
    bench.draw(0);
    bench.in.button_stop = true;
    bench.run(5000);
    CHECK(bench.phase() == Phase::Plugged);
    bench.in.button_start = true;
    bench.run(5000);
    CHECK(bench.phase() == Phase::Plugged);
    bench.in.button_start = false;
    bench.in.button_stop = false;
    bench.run(5000);
    CHECK(bench.phase() == Phase::Plugged);
    bench.in.button_start = true;
    bench.until_phase(Phase::Charging, 5000);
  }
  SUBCASE("a stop button that is held while a vehicle is plugged in") {
    bench.in.button_stop = true;
    bench.plug(PilotState::C);
    bench.permit();
    bench.run(5000);
    CHECK(bench.phase() == Phase::Plugged);
  }
}

TEST_CASE("a vehicle that asks for ventilation gets it while it is permitted, and not longer") {
  Bench bench(ventilated());
  bench.plug(PilotState::D);
  bench.run(1000);
  CHECK_FALSE(bench.out().ventilation);
  CHECK(bench.report().faults == 0);
  bench.charge();
  CHECK_FALSE(bench.out().ventilation);  // state C
  bench.vehicle = PilotState::D;
  bench.run(100);
  CHECK(bench.out().ventilation);
  bench.command.permitted = false;
  bench.run(1);
  CHECK_FALSE(bench.out().ventilation);
}

TEST_CASE("without ventilation state D is a fault of whoever is permitted only") {
  Bench bench;
  bench.plug(PilotState::D);
  bench.run(1000);
  CHECK(bench.report().faults == 0);
  bench.permit();
  bench.run(1);
  CHECK(bench.report().faults == bit(FaultCode::VentilationUnavailable));
}

TEST_CASE("a lock stays home as long as a coil is driven, whatever its mirror contact says") {
  Bench bench(socket_with_lock());
  bench.in.proximity_mv = kCable32Mv;
  bench.charge();
  bench.command.permitted = false;
  bench.controller.command(bench.command);
  Inputs broken = bench.in;
  broken.mirror_main_open = true;
  broken.mirror_l2l3_open = true;
  for (uint64_t ms = 1; ms <= 200; ++ms) {
    bench.controller.tick(bench.now_us + ms * kMs, broken);
    REQUIRE(bench.out().contactor_main);
    REQUIRE(bench.out().lock);
  }
}

TEST_CASE("a charger without ventilation switches none on, whoever asks for it") {
  Bench bench;
  bench.plug(PilotState::D);
  bench.permit();
  bench.run(1000);
  CHECK_FALSE(bench.out().ventilation);
}
