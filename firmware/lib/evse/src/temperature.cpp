#include "evse/temperature.h"

#include "evse/limits.h"

namespace evse {

namespace {

// What a sensor can say (twin/link/pins.toml).
constexpr int32_t kMostCc = 20000;

}  // namespace

int32_t Temperature::step(int32_t cc) {
  if (cc < kDerateCc) return 0;
  const int32_t steps = (cc - kDerateCc) / kDerateStepCc + 1;
  return steps < kDerateSteps ? steps : kDerateSteps;
}

void Temperature::tick(const Inputs& in) {
  if (!in.temperature_valid) return;
  const int32_t a = in.temperature_contactor_cc;
  const int32_t b = in.temperature_connector_cc;
  const int32_t hotter_cc = a > b ? a : b;
  const int32_t cc = hotter_cc < kMostCc ? hotter_cc : kMostCc;
  if (cc == hottest_cc_) return;
  hottest_cc_ = cc;
  const int32_t up = step(cc);
  const int32_t back = step(cc + kDerateBackCc);
  if (up > step_) {
    step_ = up;
  } else if (back < step_) {
    step_ = back;
  }
  open_at_once_ = cc >= kOpenAtOnceCc;
  too_hot_ = too_hot_ ? cc >= kCooledCc : cc >= kSoftStopCc;
}

uint32_t Temperature::derated_ma(uint32_t current_ma) const {
  if (step_ == 0 || current_ma <= kLeastOfferMa) return current_ma;
  const uint32_t left = static_cast<uint32_t>(kDerateSteps - step_);
  return kLeastOfferMa + (current_ma - kLeastOfferMa) * left / kDerateSteps;
}

}  // namespace evse
