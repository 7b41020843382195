#include "evse/supply.h"

#include "evse/fault_bits.h"
#include "evse/limits.h"

namespace evse {

void Supply::judge(uint64_t now_us, const Cycles& cycles) {
  uint32_t highest_mv = 0;
  uint32_t lowest_mv = UINT32_MAX;
  for (int i = 0; i < lines_; ++i) {
    const uint32_t mv = cycles.line(i).voltage_mv;
    if (mv > highest_mv) highest_mv = mv;
    if (mv < lowest_mv) lowest_mv = mv;
  }
  phase_lost_ = lowest_mv <= kPhaseLostMv && highest_mv > kPhaseLostMv;
  // A line that is lost is not low as well; where all are, it is the voltage that is low.
  bool low = false;
  const uint32_t low_mv = under_ ? kUnderVoltageOverMv : kUnderVoltageMv;
  for (int i = 0; i < lines_; ++i) {
    const uint32_t mv = cycles.line(i).voltage_mv;
    if (mv < low_mv && !(phase_lost_ && mv <= kPhaseLostMv)) low = true;
  }
  under_ = low_.lasts(low, now_us, under_ ? 0 : kUnderVoltageUs);
  // A star point that moves lifts one line and lowers another. A charger with one line has
  // nothing to compare it with, and takes any high voltage for that (decision 16).
  if (neutral_lost_) {
    neutral_lost_ = highest_mv > kOverVoltageOverMv;
  } else {
    neutral_lost_ = highest_mv > kOverVoltageMv && (lines_ == 1 || lowest_mv <= kNeutralLostLowMv);
  }
  const bool high = !neutral_lost_ && highest_mv > (over_ ? kOverVoltageOverMv : kOverVoltageMv);
  over_ = high_.lasts(high, now_us, over_ ? 0 : kOverVoltageUs);
  good_ = lowest_mv >= kUnderVoltageMv && highest_mv <= kOverVoltageMv;
}

void Supply::tick(uint64_t now_us, const Inputs& in, const Cycles& cycles) {
  settled_ = present_.lasts(in.supply_present, now_us, kSupplySettlesUs);
  const bool gone = absent_.lasts(!in.supply_present, now_us, kSupplyGoneUs);
  good_ = false;
  if (settled_ && cycles.present()) judge(now_us, cycles);
  if (!in.supply_present) {
    // Nothing is left to compare; it is judged anew when it comes back.
    phase_lost_ = neutral_lost_ = over_ = false;
    high_.clear();
    under_ = gone || under_;
    if (!under_) low_.clear();
  }
  causes_ = (under_ ? bit(FaultCode::UnderVoltage) : 0) | (over_ ? bit(FaultCode::OverVoltage) : 0) |
            (phase_lost_ ? bit(FaultCode::PhaseLost) : 0) |
            (neutral_lost_ ? bit(FaultCode::NeutralLost) : 0);
}

}  // namespace evse
