#include "front_end/pilot_sampler.h"

namespace evse::front_end {

namespace {

// The mean of `count` codes of a sum as a voltage at the pilot. Sixteenths of a code: a mean is
// finer than a step, and 16 x 4095 x 30,000 fits 31 bits.
int32_t millivolt(uint32_t total, uint32_t count) {
  const uint32_t sixteenths = (total * 16 + count / 2) / count;
  constexpr uint32_t kFull = PilotSampler::kFullCode * 16;
  constexpr uint32_t kSpan = PilotSampler::kMostMv - PilotSampler::kLeastMv;
  return PilotSampler::kLeastMv + static_cast<int32_t>((sixteenths * kSpan + kFull / 2) / kFull);
}

}  // namespace

void PilotSampler::begin() {
  for (int bin = 0; bin < kBins; ++bin) {
    kept_[bin] = 0;
    sum_[bin] = 0;
  }
  for (int side = 0; side < 3; ++side) {
    count_[side] = 0;
    runs_[side] = 0;
  }
  zero_kept_ = 0;
  zero_sum_ = 0;
  n_ = 0;
  run_ = 0;
  last_ = 0;
  outermost_ = 0;
  side_ = kNone;
}

bool PilotSampler::feed(uint16_t code) {
  const Side now = code > kMiddle + kZeroCodes   ? kHigh
                   : code < kMiddle - kZeroCodes ? kLow
                                                 : kZero;
  if (now != side_) {
    // A run that was over before it settled: its outermost sample is the best there is.
    if (run_ > 0 && run_ <= settled_) keep(side_, outermost_);
    side_ = now;
    run_ = 0;
    outermost_ = code;
    ++runs_[now];
  }
  ++run_;
  ++count_[now];
  if (run_ > settled_) {
    keep(now, last_);  // Not the newest, which may lie on the next edge already.
  } else if ((code > outermost_) == (now == kHigh)) {
    outermost_ = code;
  }
  last_ = code;
  if (++n_ < window_) return false;
  conclude();
  begin();
  return true;
}

void PilotSampler::keep(Side side, uint16_t code) {
  if (side == kZero) {
    ++zero_kept_;
    zero_sum_ += code;
  } else {
    ++kept_[code >> kBinShift];
    sum_[code >> kBinShift] += code;
  }
}

bool PilotSampler::present(Side side) const {
  return runs_[side] >= kRunsMin || 2 * count_[side] > window_;
}

void PilotSampler::conclude() {
  n_high_ = 0;
  n_low_ = 0;
  if (present(kHigh)) read(kBins - kCluster, kBins / 2 - 1, -1, kHigh);
  if (present(kLow)) read(0, kBins / 2 - kCluster + 1, 1, kLow);
  if (!present(kZero) || zero_kept_ == 0) return;
  // A pilot that stays at 0 V has both its plateaus there: nothing tells them apart.
  const int32_t zero_mv = millivolt(zero_sum_, zero_kept_);
  if (n_high_ == 0) {
    n_high_ = zero_kept_;
    high_mv_ = zero_mv;
  }
  if (n_low_ == 0) {
    n_low_ = zero_kept_;
    low_mv_ = zero_mv;
  }
}

// Takes the densest cluster of a half for its plateau; of equal ones the outermost.
void PilotSampler::read(int first, int end, int step, Side side) {
  int best = 0;
  uint32_t best_kept = 0;
  for (int bin = first; bin != end; bin += step) {
    const uint32_t kept =
        static_cast<uint32_t>(kept_[bin]) + kept_[bin + 1] + kept_[bin + 2];
    if (kept > best_kept) {
      best = bin;
      best_kept = kept;
    }
  }
  if (best_kept == 0) return;
  const int32_t level_mv = millivolt(sum_[best] + sum_[best + 1] + sum_[best + 2], best_kept);
  if (side == kHigh) {
    n_high_ = static_cast<uint16_t>(best_kept);
    high_mv_ = level_mv;
  } else {
    n_low_ = static_cast<uint16_t>(best_kept);
    low_mv_ = level_mv;
  }
}

}  // namespace evse::front_end
