// How a charge ends, and how that is told.
#include "bench.h"

using namespace evse;
using namespace evse::test;

TEST_CASE("a vehicle in state B has stopped, whatever is still drawn") {
  Bench bench;
  bench.charge();
  bench.command.permitted = false;
  bench.run(1);
  REQUIRE(bench.phase() == Phase::Stopping);
  bench.vehicle = PilotState::B;
  CHECK(bench.until([&] { return !bench.out().contactor_main; }, 1000) <= 50);
}

TEST_CASE("a plug that is pulled out of a soft stop makes it an immediate one") {
  Bench bench;
  bench.charge();
  bench.command.permitted = false;
  bench.run(1);
  REQUIRE(bench.phase() == Phase::Stopping);
  bench.vehicle = PilotState::A;
  bench.until([&] { return !bench.out().contactor_main; }, 50);
  CHECK(bench.report().last_stop == StopKind::Immediate);
}

TEST_CASE("how a contactor was opened is told once it is open") {
  Bench bench;
  bench.charge();
  bench.command.permitted = false;
  const uint32_t saves = bench.controller.memory_revision();
  bench.run(1);
  REQUIRE(bench.phase() == Phase::Stopping);
  CHECK(bench.report().last_stop == StopKind::None);
  CHECK(bench.controller.memory_revision() == saves);
  bench.draw(0);
  bench.until([&] { return !bench.out().contactor_main; }, 100);
  CHECK(bench.report().last_stop == StopKind::Soft);
  CHECK(bench.controller.memory_revision() != saves);
}

TEST_CASE("a plain socket cannot ask a vehicle to stop: it opens at once, and softly") {
  Bench bench(plain_socket());
  bench.permit();
  bench.until_phase(Phase::Charging, 2000);
  bench.draw(10000);
  bench.run(1000);
  SUBCASE("without a current that may be drawn") { bench.command.limit_ma = 5999; }
  SUBCASE("without permission") { bench.command.permitted = false; }
  bench.run(1);
  CHECK_FALSE(bench.out().contactor_main);
  CHECK(bench.report().last_stop == StopKind::Soft);
}

TEST_CASE("a plain socket that opens for a danger does not say that it was soft") {
  Bench bench(plain_socket());
  bench.permit();
  bench.until_phase(Phase::Charging, 2000);
  bench.leaks = true;
  bench.run(2);
  CHECK_FALSE(bench.out().contactor_main);
  CHECK(bench.report().last_stop == StopKind::Immediate);
}
