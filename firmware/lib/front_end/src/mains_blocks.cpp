#include "front_end/mains_blocks.h"

namespace evse::front_end {

namespace {

constexpr int64_t kPwsInMws = 1000000000;

// Sum of (x - mean x)(y - mean y): the converter's middle is not where the mains' zero is.
int64_t about_mean(int64_t sum_xy, int64_t sum_x, int64_t sum_y, int64_t n) {
  return sum_xy - sum_x * sum_y / n;
}

}  // namespace

void MainsBlocks::voltage(int line, uint16_t code, uint64_t now_us) {
  const int32_t v = code - kMiddle;
  last_v_[line] = v;
  if (v < -kHysteresis) below_[line] = true;
  const bool crosses = below_[line] && v > kHysteresis;
  if (crosses) below_[line] = false;
  if (line != beat_) return;
  if (crosses) {
    end_cycle(now_us, true);
  } else if (now_us - began_us_ > kLongestCycleUs) {
    end_cycle(now_us, false);
    beat_ = beat_ + 1 == lines_ ? 0 : beat_ + 1;  // Perhaps this line was lost.
  }
}

void MainsBlocks::current(int line, uint16_t code) {
  const int32_t raw = code - kMiddle;
  // Where the current was when the voltage was sampled, between this sample and the last.
  const int32_t i =
      raw - (raw - last_i_[line]) * static_cast<int32_t>(lag_256ths_) / 256;
  last_i_[line] = raw;
  const int32_t v = last_v_[line];
  Sums& sums = sums_[line];
  ++sums.n;
  sums.v += v;
  sums.i += i;
  sums.v2 += static_cast<int64_t>(v) * v;
  sums.i2 += static_cast<int64_t>(i) * i;
  sums.vi += static_cast<int64_t>(v) * i;
}

void MainsBlocks::end_cycle(uint64_t now_us, bool by_crossing) {
  if (by_crossing && began_) {
    const uint64_t duration_us = now_us - began_us_;
    for (int line = 0; line < lines_; ++line) conclude(line, duration_us);
    // A crossing is seen one sample late at most, by a random part of it: the mean of many is fine.
    const uint32_t period_16us = static_cast<uint32_t>(duration_us) * 16;
    period_16us_ = any_ ? period_16us_ - period_16us_ / 16 + period_16us / 16 : period_16us;
    ended_us_ = now_us;
    any_ = true;
  }
  began_ = by_crossing;
  began_us_ = now_us;
  for (Sums& sums : sums_) sums = Sums();
}

void MainsBlocks::conclude(int line, uint64_t duration_us) {
  const Sums& sums = sums_[line];
  n_[line] = sums.n;
  if (sums.n == 0) return;
  const int64_t uv = scale_[line].voltage_uv;
  const int64_t ua = scale_[line].current_ua;
  v2_e3_[line] = about_mean(sums.v2, sums.v, sums.v, sums.n) * (uv * uv / 1000) / 1000000;
  i2_e6_[line] = about_mean(sums.i2, sums.i, sums.i, sums.n) * (ua * ua / 1000) / 1000;
  const int64_t vi_nw = about_mean(sums.vi, sums.v, sums.i, sums.n) * (uv * ua / 1000);
  vi_e3_[line] = vi_nw / 1000000;
  // Times of cycles join without a gap, so that no clock of the converter counts.
  const int64_t mean_uw = vi_nw / sums.n / 1000;
  const int64_t energy_pws = rest_pws_[line] + mean_uw * static_cast<int64_t>(duration_us);
  energy_mws_[line] += energy_pws / kPwsInMws;
  rest_pws_[line] = energy_pws % kPwsInMws;
}

void MainsBlocks::read(uint64_t now_us, Inputs& in) const {
  const bool there = any_ && now_us - ended_us_ <= kStaleUs;
  in.frequency_mhz = there ? static_cast<int32_t>(16000000000u / period_16us_) : 0;
  for (int line = 0; line < lines_; ++line) {
    in.cycle_n[line] = there ? n_[line] : uint16_t{0};
    in.cycle_v2_e3[line] = there ? v2_e3_[line] : 0;
    in.cycle_i2_e6[line] = there ? i2_e6_[line] : 0;
    in.cycle_vi_e3[line] = there ? vi_e3_[line] : 0;
    in.total_vi_mws[line] = energy_mws_[line];
  }
}

}  // namespace evse::front_end
