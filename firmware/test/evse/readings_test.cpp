// What is worked out of what the pins say: cycles, register, heat, display, self-test.
#include <string>

#include "bench.h"
#include "evse/cycles.h"
#include "evse/display.h"
#include "evse/meter.h"
#include "evse/overcurrent.h"
#include "evse/residual.h"
#include "evse/temperature.h"

using namespace evse;
using namespace evse::test;

namespace {

// Lets a set of sums be worked through, however many lines there are.
void work(Cycles& cycles, const Inputs& in) {
  for (int i = 0; i < 5; ++i) cycles.tick(in);
}

Inputs one_cycle() {
  Inputs in;
  for (int i = 0; i < 3; ++i) {
    in.cycle_n[i] = 100;
    in.cycle_v2_e3[i] = int64_t{100} * 100 * 1000 * 100;
    in.cycle_i2_e6[i] = int64_t{2000} * 2000 * 100;
    in.cycle_vi_e3[i] = int64_t{200000} * 100;
  }
  return in;
}

std::string second_line(const Report& report) {
  Display display;
  Outputs outputs;
  display.tick(kSecond, report, outputs);
  return outputs.display_2;
}

}  // namespace

TEST_CASE("any sum of any line that changes is another cycle") {
  Inputs in = one_cycle();
  for (int line = 0; line < 3; ++line) {
    Cycles cycles(3);
    work(cycles, in);
    uint32_t sequence = cycles.sequence();
    const auto worked = [&] {
      work(cycles, in);
      return cycles.sequence() == ++sequence;
    };
    ++in.cycle_n[line];
    CHECK(worked());
    ++in.cycle_v2_e3[line];
    CHECK(worked());
    ++in.cycle_i2_e6[line];
    CHECK(worked());
    ++in.cycle_vi_e3[line];
    CHECK(worked());
    work(cycles, in);
    CHECK(cycles.sequence() == sequence);
  }
}

TEST_CASE("a charger of one line reads one line") {
  Cycles cycles(1);
  Inputs in = one_cycle();
  in.cycle_n[1] = in.cycle_n[2] = 0;
  in.cycle_i2_e6[1] *= 4;
  work(cycles, in);
  CHECK(cycles.present());
  CHECK(cycles.line(0).current_ma == 2000);
  CHECK(cycles.line(1).current_ma == 0);
  CHECK(cycles.highest_current_ma() == 2000);
  const uint32_t sequence = cycles.sequence();
  ++in.cycle_v2_e3[1];
  work(cycles, in);
  CHECK(cycles.sequence() == sequence);
}

TEST_CASE("sums that make no sense make no number out of nothing") {
  Cycles cycles(3);
  Inputs in = one_cycle();
  in.cycle_v2_e3[0] = -1;
  in.cycle_i2_e6[0] = -1;
  in.cycle_vi_e3[0] = -in.cycle_vi_e3[0];
  in.cycle_n[1] = 0;
  in.cycle_vi_e3[2] = INT64_MAX;
  work(cycles, in);
  CHECK(cycles.line(0).voltage_mv == 0);
  CHECK(cycles.line(0).current_ma == 0);
  CHECK(cycles.line(0).power_mw == -200000);
  CHECK(cycles.line(1).voltage_mv == 0);
  CHECK(cycles.line(1).power_mw == 0);
  CHECK(cycles.line(2).power_mw == 700000000);
  CHECK_FALSE(cycles.present());
}

TEST_CASE("a total beyond 2^60 mWs is none") {
  Memory memory;
  memory.converter_mws = 0;
  for (const int64_t sign : {1, -1}) {
    Meter meter(1);
    meter.reset(memory);
    Inputs in;
    in.total_vi_mws[0] = sign * ((int64_t{1} << 60) + 1);
    meter.tick(in);
    CHECK(meter.energy_mwh() == 0);
    in.total_vi_mws[0] = sign * (int64_t{1} << 60);
    meter.tick(in);
    CHECK(meter.energy_mwh() == (sign > 0 ? (int64_t{1} << 60) / 3600 : 0));
  }
}

TEST_CASE("a total below zero is that of a converter that has begun anew, down to -2^60 mWs") {
  for (const int64_t beyond_mws : {0, 1}) {
    Memory memory;
    memory.converter_mws = 7200;
    Meter meter(1);
    meter.reset(memory);
    Inputs in;
    in.total_vi_mws[0] = -(int64_t{1} << 60) - beyond_mws;
    meter.tick(in);
    CHECK(meter.converter_mws() == (beyond_mws == 0 ? 0 : 7200));
  }
}

TEST_CASE("a total that falls by more than 10 Wh is that of another converter") {
  for (const int64_t fall_mws : {36000000, 36000001}) {
    Memory memory;
    memory.converter_mws = 0;
    Meter meter(1);
    meter.reset(memory);
    Inputs in;
    in.total_vi_mws[0] = 72000000;
    meter.tick(in);
    CHECK(meter.energy_mwh() == 20000);
    in.total_vi_mws[0] -= fall_mws;
    meter.tick(in);
    const bool another = fall_mws > 36000000;
    CHECK(meter.energy_mwh() == (another ? 29999 : 20000));
  }
}

TEST_CASE("a memory that knows a total of nothing is no new one") {
  Memory memory;
  memory.converter_mws = 0;
  Meter meter(1);
  meter.reset(memory);
  Inputs in;
  in.total_vi_mws[0] = 7200;
  meter.tick(in);
  CHECK(meter.energy_mwh() == 2);
  CHECK(meter.converter_mws() == 7200);
}

TEST_CASE("the register counts from one milliwatt-hour on, and beyond 32 bits") {
  Memory memory;
  memory.converter_mws = 0;
  Meter meter(1);
  meter.reset(memory);
  Inputs in;
  in.total_vi_mws[0] = 3599;
  meter.tick(in);
  CHECK(meter.energy_mwh() == 0);
  in.total_vi_mws[0] = 3600;
  meter.tick(in);
  CHECK(meter.energy_mwh() == 1);
  in.total_vi_mws[0] = int64_t{3600} * 5000000000;
  meter.tick(in);
  CHECK(meter.energy_mwh() == 5000000000);
}

TEST_CASE("the hotter sensor counts, up to what one can say, and an invalid one not at all") {
  Temperature temperature;
  Inputs in;
  in.temperature_valid = true;
  in.temperature_contactor_cc = 3000;
  in.temperature_connector_cc = 2000;
  temperature.tick(in);
  CHECK(temperature.hottest_cc() == 3000);
  in.temperature_connector_cc = 20001;
  temperature.tick(in);
  CHECK(temperature.hottest_cc() == 20000);
  in.temperature_connector_cc = 2000;
  in.temperature_valid = false;
  temperature.tick(in);
  CHECK(temperature.hottest_cc() == 20000);
}

TEST_CASE("only what is measured above the kilowatt-hour's hundredth is written") {
  Report report;
  report.energy_mwh = 9999;
  CHECK(second_line(report) == "0.00 kWh");
  report.energy_mwh = 10000;
  CHECK(second_line(report) == "0.01 kWh");
  report.energy_mwh = 1234560000;
  CHECK(second_line(report) == "1234.56 kWh");
  report.closed = true;
  report.energy_mwh = 0;
  report.power_mw[0] = 99999;
  CHECK(second_line(report) == "0.0 kW 0.00 kWh");
  report.power_mw[2] = 1;
  CHECK(second_line(report) == "0.1 kW 0.00 kWh");
  report.power_mw[1] = -5000000;
  CHECK(second_line(report) == "0.0 kW 0.00 kWh");
  report.faults = bit(FaultCode::VentilationUnavailable);
  CHECK(second_line(report) == "no ventilation");
}

TEST_CASE("a line of the display is never longer than the display") {
  Report report;
  report.closed = true;
  report.power_mw[0] = 700000000;
  report.energy_mwh = INT64_C(42949672950000);
  Display display;
  Outputs outputs;
  display.tick(kSecond, report, outputs);
  CHECK(std::string(outputs.display_2, 20) == "700.0 kW 42949672.95");
}

TEST_CASE("the display is written for a phase, a fault, and once a second for energy") {
  Display display;
  Outputs outputs;
  Report report;
  uint64_t now_us = 0;
  const auto written = [&] {
    outputs.display_2[0] = '?';
    display.tick(now_us, report, outputs);
    return outputs.display_2[0] != '?';
  };
  CHECK(written());
  CHECK_FALSE(written());
  report.phase = Phase::Plugged;
  CHECK(written());
  report.faults = bit(FaultCode::EarthLost);
  CHECK(written());
  report.energy_mwh = 10000;
  now_us = kSecond - 1;
  CHECK_FALSE(written());
  now_us = kSecond;
  CHECK(written());
  report.energy_mwh = 19999;
  now_us = 3 * kSecond;
  CHECK_FALSE(written());
}

TEST_CASE("after a test that was broken off nothing is believed for 100 ms") {
  for (const uint64_t after_us : {100 * kMs - 1, 100 * kMs}) {
    Residual residual;
    Inputs in;
    residual.begin_test(0);
    residual.abort_test(10 * kMs);
    residual.tick(10 * kMs + after_us, in);
    CHECK(residual.testing() == (after_us < 100 * kMs));
  }
}

TEST_CASE("a test that was broken off twice ends when the first was to") {
  Residual residual;
  Inputs in;
  residual.begin_test(0);
  residual.abort_test(10 * kMs);
  residual.abort_test(90 * kMs);
  residual.tick(110 * kMs, in);
  CHECK_FALSE(residual.testing());
  // There is nothing to break off.
  residual.abort_test(120 * kMs);
  CHECK_FALSE(residual.testing());
}

TEST_CASE("after a self-test that was passed there is nothing to break off, and a trip counts") {
  Residual residual;
  Inputs in;
  residual.begin_test(0);
  in.residual_trip = true;
  residual.tick(30 * kMs, in);
  in.residual_trip = false;
  residual.tick(60 * kMs, in);
  residual.abort_test(70 * kMs);
  CHECK_FALSE(residual.testing());
  CHECK(residual.passed(70 * kMs));
  in.residual_trip = true;
  residual.tick(71 * kMs, in);
  CHECK(residual.tripped());
}

TEST_CASE("a trip of a test that was broken off, and that does not end, is no failed test") {
  Residual residual;
  Inputs in;
  residual.begin_test(0);
  residual.abort_test(10 * kMs);
  in.residual_trip = true;
  residual.tick(1490 * kMs, in);
  CHECK_FALSE(residual.failed());
  CHECK_FALSE(residual.testing());
  residual.tick(1491 * kMs, in);
  CHECK(residual.tripped());
}

TEST_CASE("an open contactor is over nothing, and a raised limit counts at once") {
  OverCurrent guard;
  guard.limit(0, 10000);
  guard.closes(0);
  for (const uint64_t s : {10, 20, 30}) guard.tick(s * kSecond, 90000, false);
  CHECK_FALSE(guard.over());
  CHECK_FALSE(guard.shorted());
  guard.limit(40 * kSecond, 20000);
  CHECK(guard.limit_ma(40 * kSecond) == 20000);
  // Twice the limit where that is more than 32 A.
  guard.tick(50 * kSecond, 40000, true);
  guard.tick(51 * kSecond, 40000, true);
  CHECK_FALSE(guard.shorted());
  guard.tick(52 * kSecond, 40001, true);
  guard.tick(53 * kSecond, 40001, true);
  CHECK(guard.shorted());
}

TEST_CASE("of three reductions within eight seconds the latest two keep their grace") {
  OverCurrent guard;
  guard.limit(0, 20000);
  guard.limit(10 * kSecond, 18000);
  guard.limit(12 * kSecond, 16000);
  guard.limit(14 * kSecond, 14000);
  CHECK(guard.limit_ma(14 * kSecond) == 18000);
  CHECK(guard.limit_ma(21 * kSecond) == 16000);
}

TEST_CASE("the least that a converter can say is something") {
  Cycles cycles(1);
  Inputs in;
  in.cycle_n[0] = 1;
  in.cycle_v2_e3[0] = 1;
  in.cycle_i2_e6[0] = 1;
  work(cycles, in);
  CHECK(cycles.line(0).voltage_mv == 31);
  CHECK(cycles.line(0).current_ma == 1);
}
