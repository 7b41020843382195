// What opens the contactor: at once, softly, and how the charge goes on after it.
#include "bench.h"

using namespace evse;
using namespace evse::test;

namespace {

// The milliseconds until the coil is off.
uint64_t until_open(Bench& bench, uint64_t most_ms = 8000) {
  return bench.until([&] { return !bench.out().contactor_main; }, most_ms);
}

}  // namespace

TEST_CASE("A and B open within the filter's share") {
  Bench bench;
  bench.charge();
  SUBCASE("B") {
    bench.vehicle = PilotState::B;
    CHECK(until_open(bench) <= 50);
    CHECK(bench.phase() == Phase::Offering);
  }
  SUBCASE("A") {
    bench.vehicle = PilotState::A;
    CHECK(until_open(bench) <= 50);
    CHECK(bench.phase() == Phase::Idle);
  }
  CHECK(bench.report().last_stop == StopKind::Immediate);
}

TEST_CASE("faults that are dangerous open in 60 ms, the trip in 2") {
  struct Case {
    FaultCode code;
    void (*happen)(Bench&);
    uint64_t within_ms;
    Phase phase;
  };
  const Case cases[] = {
      {FaultCode::PilotShorted, [](Bench& b) { b.vehicle = PilotState::E; }, 60, Phase::Recovering},
      {FaultCode::DiodeMissing, [](Bench& b) { b.diode = false; }, 60, Phase::Faulted},
      {FaultCode::EarthLost, [](Bench& b) { b.in.earth_sense = false; }, 60, Phase::Recovering},
      {FaultCode::ResidualCurrent, [](Bench& b) { b.leaks = true; }, 2, Phase::Faulted},
      {FaultCode::ShortCircuit, [](Bench& b) { b.draw(70000); }, 140, Phase::Faulted},
      {FaultCode::OverTemperature, [](Bench& b) { b.in.temperature_connector_cc = 8500; }, 60,
       Phase::Recovering},
      {FaultCode::PhaseLost, [](Bench& b) { b.voltage_mv[1] = 0; }, 60, Phase::Recovering},
      {FaultCode::NeutralLost,
       [](Bench& b) {
         b.voltage_mv[0] = 290000;
         b.voltage_mv[1] = 200000;
       },
       60, Phase::Recovering},
      {FaultCode::SensorLost, [](Bench& b) { b.pilot_dead = true; }, 60, Phase::Recovering},
      {FaultCode::SensorLost, [](Bench& b) { b.in.temperature_valid = false; }, 60,
       Phase::Recovering},
      {FaultCode::SensorLost, [](Bench& b) { b.converter = false; }, 60, Phase::Recovering},
  };
  for (const Case& c : cases) {
    CAPTURE(bit(c.code));
    Bench bench;
    bench.charge();
    c.happen(bench);
    CHECK(until_open(bench) <= c.within_ms);
    CHECK(bench.report().faults == bit(c.code));
    CHECK(bench.phase() == c.phase);
    CHECK(bench.report().last_stop == StopKind::Immediate);
  }
}

TEST_CASE("a single-phase charger takes a high voltage for a lost neutral") {
  Bench bench(single_phase());
  bench.charge();
  bench.voltage_mv[0] = 254000;
  CHECK(until_open(bench) <= 60);
  CHECK(bench.report().faults == bit(FaultCode::NeutralLost));
}

TEST_CASE("faults that leave time show +12 V first and open when little flows") {
  struct Case {
    FaultCode code;
    void (*happen)(Bench&);
  };
  const Case cases[] = {
      {FaultCode::OverCurrent, [](Bench& b) { b.current_ma[1] = 19000; }},
      {FaultCode::OverTemperature, [](Bench& b) { b.in.temperature_connector_cc = 7500; }},
      {FaultCode::UnderVoltage, [](Bench& b) { b.voltage_mv[2] = 190000; }},
      {FaultCode::OverVoltage, [](Bench& b) { b.voltage_mv[2] = 255000; }},
      {FaultCode::VentilationUnavailable, [](Bench& b) { b.vehicle = PilotState::D; }},
  };
  for (const Case& c : cases) {
    CAPTURE(bit(c.code));
    Bench bench;
    bench.charge();
    c.happen(bench);
    bench.until_phase(Phase::Stopping, 8000);
    CHECK(bench.report().faults == bit(c.code));
    CHECK(bench.out().pilot_mode == PilotMode::SteadyPositive);
    CHECK(bench.out().contactor_main);
    bench.run(2000);
    CHECK(bench.out().contactor_main);
    bench.draw(900);
    CHECK(until_open(bench) <= 70);
    CHECK(bench.phase() == Phase::Recovering);
    CHECK(bench.report().last_stop == StopKind::Soft);
    CHECK(bench.out().pilot_mode == PilotMode::SteadyPositive);  // none of them shows state F
  }
}

TEST_CASE("a fault that leaves time leaves it the fourth time too, when it will stay") {
  Bench bench;
  bench.charge();
  for (int i = 0; i < 4; ++i) {
    bench.draw(16000);
    bench.run(100);
    bench.voltage_mv[1] = 255000;
    bench.until_phase(Phase::Stopping, 500);
    bench.run(2000);
    CHECK(bench.phase() == Phase::Stopping);
    bench.draw(0);
    bench.until([&] { return !bench.out().contactor_main; }, 100);
    CHECK(bench.report().last_stop == StopKind::Soft);
    CHECK(bench.phase() == (i < 3 ? Phase::Recovering : Phase::Faulted));
    bench.voltage_mv[1] = 230000;
    if (i < 3) bench.until_phase(Phase::Charging, 20000);
  }
}

TEST_CASE("a lock that lets go while charging stops softly") {
  Bench bench(socket_with_lock());
  bench.in.proximity_mv = kCable32Mv;
  bench.charge();
  bench.lock_stuck = true;
  bench.in.lock_feedback = false;
  bench.until_phase(Phase::Stopping, 1100);
  CHECK(bench.report().faults == bit(FaultCode::LockFailed));
  CHECK(bench.out().lock);
}

TEST_CASE("whoever takes the current back stops softly") {
  void (*const causes[])(Bench&) = {
      [](Bench& b) { b.command.permitted = false; }, [](Bench& b) { b.command.limit_ma = 5000; },
      [](Bench& b) { b.command.available = false; }, [](Bench& b) { b.command.phases = 1; },
      [](Bench& b) { ++b.command.unlock_count; },    [](Bench& b) { b.in.button_stop = true; },
  };
  for (const auto cause : causes) {
    Bench bench;
    bench.charge();
    cause(bench);
    bench.run(1);
    CHECK(bench.phase() == Phase::Stopping);
    CHECK(bench.out().contactor_main);
    CHECK(bench.out().pilot_mode == PilotMode::SteadyPositive);
    SUBCASE("and opens in state B") {
      bench.draw(0);
      bench.vehicle = PilotState::B;
      CHECK(until_open(bench) <= 50);
    }
    SUBCASE("and opens after 6.5 s whatever is drawn") {
      const uint64_t ms = until_open(bench);
      CHECK(ms >= 6000);
      CHECK(ms <= 7000);
    }
    CHECK(bench.report().last_stop == StopKind::Soft);
    CHECK(bench.report().faults == 0);
  }
}

TEST_CASE("a soft stop is cut short by a danger") {
  Bench bench;
  bench.charge();
  bench.command.permitted = false;
  bench.run(1000);
  bench.leaks = true;
  CHECK(until_open(bench) <= 2);
  CHECK(bench.report().last_stop == StopKind::Immediate);
}

TEST_CASE("after a stop +12 V stands for 3 s before the PWM comes back") {
  Bench bench;
  bench.charge();
  bench.command.permitted = false;
  bench.run(1);
  bench.draw(0);
  bench.run(100);
  CHECK(bench.phase() == Phase::Plugged);
  bench.command.permitted = true;
  const uint64_t ms = bench.until([&] { return bench.out().pilot_mode == PilotMode::Pwm; }, 5000);
  CHECK(ms >= 2900);
  CHECK(ms <= 3010);
}

TEST_CASE("another vehicle does not wait for the steady voltage of the one before") {
  Bench bench;
  bench.charge();
  bench.draw(0);
  bench.vehicle = PilotState::A;
  bench.run(100);
  bench.vehicle = PilotState::B;
  CHECK(bench.until_phase(Phase::Offering) <= 30);
}

TEST_CASE("a contactor that does not do what its coil says is told apart") {
  Bench bench;
  SUBCASE("welded") {
    bench.charge();
    bench.welded = true;
    bench.draw(0);
    bench.vehicle = PilotState::B;
    bench.until([&] { return bench.report().faults != 0; }, 500);
    CHECK(bench.report().faults == bit(FaultCode::ContactorWelded));
    CHECK(bench.controller.memory().welded);
  }
  SUBCASE("stuck open") {
    bench.stuck_open = true;
    bench.plug(PilotState::C);
    bench.permit();
    bench.until([&] { return bench.out().contactor_main; }, 5000);
    CHECK(bench.until([&] { return bench.report().faults != 0; }, 500) <= 310);
    CHECK(bench.report().faults == bit(FaultCode::ContactorStuckOpen));
  }
  CHECK(bench.phase() == Phase::Faulted);
  CHECK_FALSE(bench.out().contactor_main);
}

TEST_CASE("a reduction has its grace before it is over-current") {
  Bench bench;
  bench.charge(16000);
  bench.run(5000);
  bench.command.limit_ma = 8000;
  const uint64_t ms = bench.until_phase(Phase::Stopping, 16000);
  CHECK(ms >= 14000);
  CHECK(ms <= 15000);
}
