#include "evse/supply.h"

#include "evse/fault_bits.h"
#include "evse/limits.h"

namespace evse {

// What a set of cycles says; thresholds depend on what was said before.
void Supply::compare(uint64_t now_us, const Cycles& cycles) {
  uint32_t highest_mv = 0;
  uint32_t lowest_mv = UINT32_MAX;
  for (int i = 0; i < lines_; ++i) {
    const uint32_t mv = cycles.line(i).voltage_mv;
    if (mv > highest_mv) highest_mv = mv;
    if (mv < lowest_mv) lowest_mv = mv;
  }
  phase_lost_ = lowest_mv <= kPhaseLostMv && highest_mv > kPhaseLostMv;
  const bool low_before = under_ || now_us < low_until_us_;
  low_now_ = lowest_mv < (low_before ? kUnderVoltageOverMv : kUnderVoltageMv);
  // A star point that moves lifts one line and lowers another. A charger with one line has
  // nothing to compare it with, and takes any high voltage for that (decision 16).
  if (neutral_lost_) {
    neutral_lost_ = highest_mv > kOverVoltageOverMv;
  } else {
    neutral_lost_ = highest_mv > kOverVoltageMv && (lines_ == 1 || lowest_mv <= kNeutralLostLowMv);
  }
  const bool high_before = over_ || now_us < high_until_us_;
  high_now_ = highest_mv > (high_before ? kOverVoltageOverMv : kOverVoltageMv);
  within_ = lowest_mv >= kUnderVoltageMv && highest_mv <= kOverVoltageMv;
}

void Supply::judge(uint64_t now_us, const Cycles& cycles) {
  if (compared_ != cycles.sequence()) {
    compared_ = cycles.sequence();
    compare(now_us, cycles);
  }
  const bool was_under = under_;
  const bool was_over = over_;
  under_ = low_.lasts(low_now_, now_us, under_ || now_us < low_until_us_ ? 0 : kUnderVoltageUs);
  over_ = high_.lasts(high_now_, now_us, over_ || now_us < high_until_us_ ? 0 : kOverVoltageUs);
  // Back means stable for as long as a fault takes to heal: until then a relapse is the same.
  if (was_under && !under_) low_until_us_ = now_us + kCauseGoneUs;
  if (was_over && !over_) high_until_us_ = now_us + kCauseGoneUs;
  good_ = within_;
}

void Supply::tick(uint64_t now_us, const Inputs& in, const Cycles& cycles) {
  settled_ = present_.lasts(in.supply_present, now_us, kSupplySettlesUs);
  const bool gone = absent_.lasts(!in.supply_present, now_us, kSupplyGoneUs);
  good_ = false;
  if (settled_ && cycles.present()) {
    judge(now_us, cycles);
  } else {
    low_.clear();
    high_.clear();
  }
  if (!in.supply_present) {
    // Nothing is left to compare; it is judged anew when it comes back.
    compared_ = 0;
    phase_lost_ = neutral_lost_ = over_ = false;
    under_ = gone || under_;
  }
  causes_ = (under_ ? bit(FaultCode::UnderVoltage) : 0) |
            (over_ ? bit(FaultCode::OverVoltage) : 0) |
            (phase_lost_ ? bit(FaultCode::PhaseLost) : 0) |
            (neutral_lost_ ? bit(FaultCode::NeutralLost) : 0);
}

}  // namespace evse
