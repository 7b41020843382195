#include <doctest/doctest.h>

#include <cmath>

#include "front_end/thermistor.h"

using evse::front_end::thermistor_cc;

TEST_CASE("from -30 to 120 °C a thermistor is read to half a degree and a step of the converter") {
  for (int tenths = -300; tenths <= 1200; ++tenths) {
    const double kelvin = 273.15 + tenths / 10.0;
    const double ohm = 10000 * std::exp(3950 * (1 / kelvin - 1 / 298.15));
    const double mv = 3300 * ohm / (ohm + 10000);
    int32_t cc = 0;
    REQUIRE(thermistor_cc(static_cast<uint32_t>(std::lround(mv)), cc));
    const double step_cc = 1000.0 / (mv < 200 ? 37 : 49);
    CHECK(std::fabs(cc - 10.0 * tenths) < 50 + step_cc);
  }
}

TEST_CASE("a thermistor that is broken off or shorted has no temperature") {
  int32_t cc = 1234;
  CHECK_FALSE(thermistor_cc(3300, cc));
  CHECK_FALSE(thermistor_cc(3250, cc));
  CHECK_FALSE(thermistor_cc(60, cc));
  CHECK_FALSE(thermistor_cc(0, cc));
  CHECK(cc == 1234);
}
