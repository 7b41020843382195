#include "evse/offer.h"

#include "evse/limits.h"

namespace evse {

namespace {

constexpr uint32_t kLowFormulaMa = 51000;   // I = D x 0.6 up to here, at 85 %
constexpr uint32_t kHighFormulaMa = 52500;  // I = (D - 64) x 2.5 from here on

// What a vehicle makes of the duty for this current.
uint32_t offered_ma(uint32_t current_ma) {
  const bool gap = current_ma > kLowFormulaMa && current_ma < kHighFormulaMa;
  return gap ? kLowFormulaMa : current_ma;
}

}  // namespace

uint32_t duty_ppm(uint32_t current_ma) {
  const uint32_t ma = offered_ma(current_ma < kMostOfferMa ? current_ma : kMostOfferMa);
  return ma <= kLowFormulaMa ? ma * 50 / 3 : 640000 + ma * 4;
}

void Offer::begin(uint64_t now_us, uint32_t current_ma) {
  current_ma_ = offered_ma(current_ma);
  duty_ppm_ = duty_ppm(current_ma);
  changed_us_ = now_us;
}

void Offer::follow(uint64_t now_us, uint32_t current_ma) {
  if (current_ma_ == 0 || now_us - changed_us_ < kDutySpacingUs) return;
  if (offered_ma(current_ma) != current_ma_) begin(now_us, current_ma);
}

}  // namespace evse
