#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

#include "front_end/mains_blocks.h"

using evse::Inputs;
using evse::front_end::LineScale;
using evse::front_end::MainsBlocks;

namespace {

constexpr double kPi = 3.14159265358979;

// Lines sampled in turn, each voltage and then, `lag_us` later, its current.
struct Mains {
  int lines = 1;
  double hertz = 50;
  double volts[3] = {230, 230, 230};
  double amperes = 16;
  double angle = 0;  // of the current behind the voltage, rad
  int offset = 0;    // of the converter, codes
  double round_us = 216;
  double lag_us = 24;

  static uint16_t code(double codes) {
    return static_cast<uint16_t>(std::lround(2048 + codes));
  }

  void feed(MainsBlocks& blocks, uint64_t from_us, uint64_t to_us) const {
    for (double at = static_cast<double>(from_us); at < static_cast<double>(to_us);
         at += round_us) {
      for (int line = 0; line < lines; ++line) {
        const double phase = -line * 2 * kPi / 3;
        const double v_us = at + 3 * line * lag_us;
        const double wave = 2 * kPi * hertz / 1e6;
        const double v = volts[line] * std::sqrt(2) * std::sin(wave * v_us + phase);
        const double i = amperes * std::sqrt(2) *
                         std::sin(wave * (v_us + lag_us) + phase - angle);
        blocks.voltage(line, code(v / 0.25 + offset), static_cast<uint64_t>(v_us));
        blocks.current(line, code(i / 0.06 + offset));
      }
    }
  }

  uint32_t lag_256ths() const { return static_cast<uint32_t>(256 * lag_us / round_us); }
};

// Energy of ten seconds, J. Whole cycles are counted: one more or less is 0.2 %.
double ten_seconds_j(const Mains& mains, uint32_t lag_256ths) {
  MainsBlocks blocks(1, lag_256ths);
  Inputs from;
  Inputs to;
  mains.feed(blocks, 0, 1000000);
  blocks.read(1000000, from);
  mains.feed(blocks, 1000000, 11000000);
  blocks.read(11000000, to);
  return static_cast<double>(to.total_vi_mws[0] - from.total_vi_mws[0]) / 1000;
}

double root_mean(int64_t sum, uint16_t n, double unit) {
  return std::sqrt(static_cast<double>(sum) / unit / n);
}

}  // namespace

TEST_CASE("voltage, current, power and frequency of a cycle are those of the mains") {
  for (const double hertz : {49.0, 50.0, 60.5}) {
    for (const double angle : {0.0, std::acos(0.8), std::acos(0.5)}) {
      Mains mains;
      mains.hertz = hertz;
      mains.angle = angle;
      mains.offset = 37;
      MainsBlocks blocks(1, mains.lag_256ths());
      mains.feed(blocks, 0, 1000000);
      Inputs in;
      blocks.read(1000000, in);
      REQUIRE(in.cycle_n[0] > 70);
      CHECK(root_mean(in.cycle_v2_e3[0], in.cycle_n[0], 1e3) == doctest::Approx(230).epsilon(0.01));
      CHECK(root_mean(in.cycle_i2_e6[0], in.cycle_n[0], 1e6) == doctest::Approx(16).epsilon(0.01));
      CHECK(in.frequency_mhz == doctest::Approx(1000 * hertz).epsilon(0.002));
      const double watts = 230 * 16 * std::cos(angle);
      const double mean_mw = static_cast<double>(in.cycle_vi_e3[0]) / in.cycle_n[0];
      CHECK(mean_mw / 1000 == doctest::Approx(watts).epsilon(0.015));
    }
  }
}

TEST_CASE("energy is within half a percent, at power factor 1, 0.8 and 0.5") {
  for (const double factor : {1.0, 0.8, 0.5}) {
    Mains mains;
    mains.angle = std::acos(factor);
    const double joules = 230 * 16 * factor * 10;
    CHECK(ten_seconds_j(mains, mains.lag_256ths()) == doctest::Approx(joules).epsilon(0.005));
  }
}

TEST_CASE("without the correction of the lag a power factor of 0.5 is more than 1 % off") {
  Mains mains;
  mains.angle = std::acos(0.5);
  CHECK(std::fabs(ten_seconds_j(mains, 0) / (230 * 16 * 0.5 * 10) - 1) > 0.01);
}

TEST_CASE("three lines, one of them lost: its cycles end too, and show no voltage") {
  Mains mains;
  mains.lines = 3;
  mains.amperes = 0;
  MainsBlocks blocks(3, mains.lag_256ths());
  mains.feed(blocks, 0, 500000);
  for (int lost = 0; lost < 3; ++lost) {
    CAPTURE(lost);
    Mains after = mains;
    after.volts[lost] = 0;
    after.feed(blocks, 500000, 1000000);
    Inputs in;
    blocks.read(1000000, in);
    for (int line = 0; line < 3; ++line) {
      REQUIRE(in.cycle_n[line] > 0);
      const double volts = root_mean(in.cycle_v2_e3[line], in.cycle_n[line], 1e3);
      CHECK(volts == doctest::Approx(line == lost ? 0 : 230).epsilon(0.02));
    }
  }
}

TEST_CASE("50 ms after the last cycle there is none, and the energy stays") {
  Mains mains;
  MainsBlocks blocks(1, mains.lag_256ths());
  mains.feed(blocks, 0, 1000000);
  Inputs before;
  blocks.read(1000000, before);
  Inputs after;
  blocks.read(1060000, after);
  CHECK(after.cycle_n[0] == 0);
  CHECK(after.frequency_mhz == 0);
  CHECK(after.total_vi_mws[0] == before.total_vi_mws[0]);
}

TEST_CASE("the scale of a line is that line's own") {
  Mains mains;
  mains.lines = 3;
  MainsBlocks blocks(3, mains.lag_256ths());
  blocks.scale(1, LineScale{500000, 120000});
  mains.feed(blocks, 0, 200000);
  Inputs in;
  blocks.read(200000, in);
  CHECK(root_mean(in.cycle_v2_e3[0], in.cycle_n[0], 1e3) == doctest::Approx(230).epsilon(0.02));
  CHECK(root_mean(in.cycle_v2_e3[1], in.cycle_n[1], 1e3) == doctest::Approx(460).epsilon(0.02));
  CHECK(root_mean(in.cycle_i2_e6[1], in.cycle_n[1], 1e6) == doctest::Approx(32).epsilon(0.02));
}
