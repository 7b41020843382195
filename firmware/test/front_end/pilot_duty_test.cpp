#include <doctest/doctest.h>

#include "front_end/dead_man.h"
#include "front_end/pilot_duty.h"

using evse::front_end::DeadMan;
using evse::front_end::kPilotDutySteps;
using evse::front_end::pilot_duty_steps;

TEST_CASE("every duty from 6 A to 80 A is generated less than 0.1 point low, and never high") {
  double worst_points = 0;
  for (int32_t duty_ppm = 100000; duty_ppm <= 960000; ++duty_ppm) {
    const double made_points = 100.0 * pilot_duty_steps(duty_ppm) / kPilotDutySteps;
    const double low_points = duty_ppm / 10000.0 - made_points;
    REQUIRE(low_points >= 0);
    if (low_points > worst_points) worst_points = low_points;
  }
  CHECK(worst_points < 0.1);
  CHECK(worst_points < 0.0062);
}

TEST_CASE("14 bits divide 80 MHz to 1 kHz without a rest in 256ths, 16 bits do not") {
  CHECK(80000000ull * 256 % (1000ull << 14) == 0);
  CHECK(80000000ull * 256 % (1000ull << 16) != 0);
}

TEST_CASE("no duty is -12 V, all of it is +12 V") {
  CHECK(pilot_duty_steps(-1) == 0);
  CHECK(pilot_duty_steps(0) == 0);
  CHECK(pilot_duty_steps(999999) == kPilotDutySteps - 1);
  CHECK(pilot_duty_steps(1000000) == kPilotDutySteps);
  CHECK(pilot_duty_steps(2000000) == kPilotDutySteps);
}

TEST_CASE("the coils are off until the first tick, and 20 ms after the last") {
  DeadMan dead_man;
  CHECK(dead_man.beat());
  dead_man.ticked();
  for (uint32_t ms = 1; ms < DeadMan::kLimitMs; ++ms) REQUIRE_FALSE(dead_man.beat());
  CHECK(dead_man.beat());
  CHECK(dead_man.beat());
  dead_man.ticked();
  CHECK_FALSE(dead_man.beat());
}
