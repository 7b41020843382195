#include "ocpp/kept.h"

namespace evse::ocpp {

void Kept::power_on() {
  uint8_t data[kStateBytes];
  if (!record_.load(data)) return;
  inoperative_ = data[0];
  reason_ = static_cast<StopReason>(data[1]);
}

bool Kept::save(uint8_t inoperative, StopReason reason) {
  const uint8_t data[kStateBytes] = {inoperative, static_cast<uint8_t>(reason)};
  if (!record_.save(data)) return false;
  inoperative_ = inoperative;
  reason_ = reason;
  return true;
}

bool Kept::set_inoperative(uint8_t bits) { return bits == inoperative_ || save(bits, reason_); }

bool Kept::set_reset_reason(StopReason reason) {
  return reason == reason_ || save(inoperative_, reason);
}

}  // namespace evse::ocpp
