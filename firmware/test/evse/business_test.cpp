// What the business side asks for: permission, buttons, the lock, waking, plain sockets.
#include <string>

#include "bench.h"

using namespace evse;
using namespace evse::test;

TEST_CASE("after the stop button nothing flows until start, a new permission or another vehicle") {
  Bench bench;
  bench.charge();
  bench.in.button_stop = true;
  bench.run(10);
  bench.in.button_stop = false;
  bench.draw(0);
  bench.run(10000);
  CHECK(bench.phase() == Phase::Plugged);
  SUBCASE("start") {
    bench.in.button_start = true;
    bench.run(10);
  }
  SUBCASE("permission") {
    bench.command.permitted = false;
    bench.run(10);
    bench.command.permitted = true;
  }
  SUBCASE("another vehicle") {
    bench.vehicle = PilotState::A;
    bench.run(100);
    bench.vehicle = PilotState::C;
  }
  bench.until_phase(Phase::Charging, 5000);
}

TEST_CASE("the lock goes home for permission and a cable, and opens after the contactor") {
  Bench bench(socket_with_lock());
  bench.permit();
  bench.run(1000);
  CHECK_FALSE(bench.out().lock);
  bench.in.proximity_mv = kCable32Mv;
  bench.run(250);
  CHECK(bench.out().lock);
  bench.vehicle = PilotState::C;
  bench.until_phase(Phase::Charging, 3000);
  bench.draw(16000);
  bench.run(1000);
  bench.command.permitted = false;
  ++bench.command.unlock_count;
  bench.run(1);
  bench.draw(0);
  bench.until([&] { return !bench.out().contactor_main; }, 1000);
  CHECK(bench.out().lock);
  bench.until([&] { return !bench.out().lock; }, 100);
  CHECK(bench.in.mirror_main_open);
}

TEST_CASE("a cable is kept without permission, until somebody asks for it") {
  Bench bench(socket_with_lock());
  bench.in.proximity_mv = kCable32Mv;
  bench.command.hold_lock = true;
  bench.run(1000);
  CHECK(bench.report().locked);
  ++bench.command.unlock_count;
  bench.run(1000);
  CHECK_FALSE(bench.report().locked);
  SUBCASE("and is kept again once it has been pulled") {
    bench.in.proximity_mv = 3300;
    bench.run(300);
    bench.in.proximity_mv = kCable32Mv;
    bench.run(1000);
    CHECK(bench.report().locked);
  }
}

TEST_CASE("what was counted before a controller started is not for it") {
  Bench bench(socket_with_lock());
  Controller fresh(socket_with_lock());
  fresh.reset(bench.now_us, Memory());
  Command command;
  command.unlock_count = 7;
  command.permitted = true;
  command.limit_ma = 16000;
  fresh.command(command);
  bench.in.proximity_mv = kCable32Mv;
  for (uint64_t ms = 1; ms < 300; ++ms) fresh.tick(bench.now_us + ms * 1000, bench.in);
  CHECK(fresh.outputs().lock);
}

TEST_CASE("a sleeping vehicle is woken from B, once, and what it asks for meanwhile does not count") {
  Bench bench;
  bench.plug();
  bench.permit();
  bench.until_phase(Phase::Offering);
  const uint64_t asleep_ms =
      bench.until([&] { return bench.out().pilot_mode == PilotMode::SteadyPositive; }, 40000);
  CHECK(asleep_ms >= 30000);
  CHECK(asleep_ms < 30100);
  CHECK(bench.report().offered_ma == 0);
  bench.vehicle = PilotState::C;
  CHECK(bench.until([&] { return bench.out().pilot_mode == PilotMode::SteadyNegative; }, 4000) ==
        3010);
  CHECK(bench.until([&] { return bench.out().pilot_mode == PilotMode::SteadyPositive; }, 5000) ==
        4010);
  bench.run(1000);
  CHECK(bench.phase() == Phase::Offering);
  CHECK(bench.report().faults == 0);
  bench.vehicle = PilotState::B;
  CHECK(bench.until([&] { return bench.out().pilot_mode == PilotMode::Pwm; }, 4000) == 2010);
  bench.run(200000);
  CHECK(bench.out().pilot_mode == PilotMode::Pwm);
  CHECK(bench.phase() == Phase::Offering);
}

TEST_CASE("nobody is woken who has asked") {
  Bench bench;
  bench.charge();
  bench.draw(0);
  bench.vehicle = PilotState::B;
  for (int ms = 0; ms < 60000; ++ms) {
    bench.run(1);
    REQUIRE(bench.out().pilot_mode == PilotMode::Pwm);
  }
}

TEST_CASE("a plain socket closes by permission and opens without it") {
  Bench bench(plain_socket());
  bench.permit();
  bench.until_phase(Phase::Charging, 2000);
  bench.draw(10000);
  bench.run(1000);
  CHECK(bench.out().pilot_mode == PilotMode::SteadyPositive);
  bench.command.permitted = false;
  bench.run(1);
  CHECK_FALSE(bench.out().contactor_main);
  CHECK(bench.phase() == Phase::Idle);
}

TEST_CASE("a plain socket ends the charge a minute after the current, until it is permitted anew") {
  Bench bench(plain_socket());
  bench.permit();
  bench.until_phase(Phase::Charging, 2000);
  bench.draw(5000);
  bench.run(5000);
  bench.draw(100);
  bench.run(70000);
  CHECK(bench.out().contactor_main);
  bench.draw(99);
  const uint64_t ms = bench.until([&] { return !bench.out().contactor_main; }, 61000);
  CHECK(ms >= 60000);
  bench.run(5000);
  CHECK(bench.phase() == Phase::Idle);
  bench.command.permitted = false;
  bench.run(10);
  bench.command.permitted = true;
  bench.until_phase(Phase::Charging, 2000);
}

TEST_CASE("the stop button of a plain socket holds until start") {
  Bench bench(plain_socket());
  bench.permit();
  bench.until_phase(Phase::Charging, 2000);
  bench.in.button_stop = true;
  bench.run(10);
  bench.in.button_stop = false;
  bench.run(5000);
  CHECK_FALSE(bench.out().contactor_main);
  bench.in.button_start = true;
  bench.until_phase(Phase::Charging, 2000);
}

TEST_CASE("the display says what is going on") {
  Bench bench;
  CHECK(std::string(bench.out().display_1) == "READY");
  CHECK(std::string(bench.out().display_2) == "0.00 kWh");
  CHECK(bench.out().indicator == Indicator::Ready);
  bench.charge();
  bench.run(60000);
  CHECK(std::string(bench.out().display_1) == "CHARGING");
  CHECK(std::string(bench.out().display_2).substr(0, 8) == "11.0 kW ");
  bench.leaks = true;
  bench.run(5);
  CHECK(std::string(bench.out().display_2) == "residual current");
  CHECK(bench.out().indicator == Indicator::Fault);
}
