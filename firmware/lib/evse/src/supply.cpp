#include "evse/supply.h"

#include "evse/fault_bits.h"
#include "evse/limits.h"

namespace evse {

// What a set of cycles says; thresholds depend on what was said before.
void Supply::compare(const Cycles& cycles) {
  uint32_t highest_mv = 0;
  uint32_t lowest_mv = UINT32_MAX;
  for (int i = 0; i < lines_; ++i) {
    const uint32_t mv = cycles.line(i).voltage_mv;
    if (mv > highest_mv) highest_mv = mv;
    if (mv < lowest_mv) lowest_mv = mv;
  }
  phase_lost_ = lowest_mv <= kPhaseLostMv && highest_mv > kPhaseLostMv;
  low_now_ = lowest_mv < (under_ ? kUnderVoltageOverMv : kUnderVoltageMv);
  // A star point that moves lifts one line and lowers another. A charger with one line has
  // nothing to compare it with, and takes any high voltage for that (decision 16).
  if (neutral_lost_) {
    neutral_lost_ = highest_mv > kOverVoltageOverMv;
  } else {
    neutral_lost_ = highest_mv > kOverVoltageMv && (lines_ == 1 || lowest_mv <= kNeutralLostLowMv);
  }
  high_now_ = highest_mv > (over_ ? kOverVoltageOverMv : kOverVoltageMv);
  within_ = lowest_mv >= kUnderVoltageMv && highest_mv <= kOverVoltageMv;
}

void Supply::judge(uint64_t now_us, const Cycles& cycles) {
  if (compared_ != cycles.sequence()) {
    compared_ = cycles.sequence();
    compare(cycles);
  }
  under_ = low_.lasts(low_now_, now_us, under_ ? 0 : kUnderVoltageUs);
  over_ = high_.lasts(high_now_, now_us, over_ ? 0 : kOverVoltageUs);
  good_ = within_;
}

void Supply::tick(uint64_t now_us, const Inputs& in, const Cycles& cycles) {
  settled_ = present_.lasts(in.supply_present, now_us, kSupplySettlesUs);
  const bool gone = absent_.lasts(!in.supply_present, now_us, kSupplyGoneUs);
  good_ = false;
  if (settled_ && cycles.present()) judge(now_us, cycles);
  if (!in.supply_present) {
    // Nothing is left to compare; it is judged anew when it comes back.
    compared_ = 0;
    phase_lost_ = neutral_lost_ = over_ = false;
    high_.clear();
    under_ = gone || under_;
    if (!under_) low_.clear();
  }
  causes_ = (under_ ? bit(FaultCode::UnderVoltage) : 0) |
            (over_ ? bit(FaultCode::OverVoltage) : 0) |
            (phase_lost_ ? bit(FaultCode::PhaseLost) : 0) |
            (neutral_lost_ ? bit(FaultCode::NeutralLost) : 0);
}

}  // namespace evse
