#include "ocpp/charge_point.h"
#include "ocpp/remote_control.h"

namespace evse::ocpp {

namespace {

// A soft reset waits for the journal no longer than this; what is in it survives anyway.
constexpr uint64_t kDeliveryTimeoutS = 30;
// Between the answer and the reset, so that the answer gets out; and between two looks.
constexpr uint64_t kLookUs = kSecondUs / 2;

}  // namespace

void Reset::reset(const MessageId& id, const Json* payload) {
  const bool hard = equal(text_of(payload, "type"), "Hard");
  const StopReason reason = hard ? StopReason::HardReset : StopReason::SoftReset;
  if (resetting_ || !cp_.kept.set_reset_reason(reason)) {
    cp_.calls.status(id, "Rejected");
    return;
  }
  resetting_ = true;
  hard_ = hard;
  cp_.calls.status(id, "Accepted");
  cp_.event(0, Text<80>(name_of(reason)).add(" by the central system"));
  cp_.security.happened(SecurityEvent::ResetOrReboot,
                        Text<40>(name_of(reason)).add(" by the central system").get());
  look_.set(cp_.now_us + kLookUs);
  give_up_us_ = cp_.in_seconds(kDeliveryTimeoutS);
  if (hard_) return;
  for (Connector& connector : cp_) cp_.transactions.stop(connector, reason);
}

void Reset::restart(const char* why) {
  if (resetting_) return;
  resetting_ = true;
  cp_.event(0, why);
  cp_.security.happened(SecurityEvent::ResetOrReboot, why);
  // Nothing is charging: no transaction will want to know the reason.
  cp_.kept.set_reset_reason(StopReason::SoftReset);
  look_.set(cp_.now_us + kLookUs);
  give_up_us_ = cp_.in_seconds(kDeliveryTimeoutS);
}

void Reset::poll() {
  if (!look_.due(cp_.now_us)) return;
  if (hard_) {
    wanted_ = ResetWanted::Hard;
  } else if (is_done() || cp_.now_us >= give_up_us_) {
    wanted_ = ResetWanted::Soft;
  } else {
    look_.set(cp_.now_us + kLookUs);
  }
}

bool Reset::is_done() const {
  for (const Connector& connector : cp_) {
    if (connector.transaction != nullptr) return false;
  }
  return !cp_.calls.online() || (cp_.journal.waiting() == 0 && cp_.calls.idle());
}

}  // namespace evse::ocpp
