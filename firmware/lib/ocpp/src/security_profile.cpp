#include "ocpp/security_profile.h"

#include "ocpp/charge_point.h"

namespace evse::ocpp {

namespace {

// With a new profile or a new certificate, before the last one that worked is taken again
// (A05 leaves the number open).
constexpr int kAttempts = 3;

// What a failed attempt says of security. False: nothing.
bool event_of(hal::Transport::Failure failure, SecurityEvent& event) {
  switch (failure) {
    case hal::Transport::Failure::Credentials:
      event = SecurityEvent::FailedToAuthenticateAtCentralSystem;
      return true;
    case hal::Transport::Failure::Certificate:
      event = SecurityEvent::InvalidCentralSystemCertificate;
      return true;
    case hal::Transport::Failure::TlsVersion:
      event = SecurityEvent::InvalidTLSVersion;
      return true;
    case hal::Transport::Failure::CipherSuite:
      event = SecurityEvent::InvalidTLSCipherSuite;
      return true;
    case hal::Transport::Failure::Network:
    case hal::Transport::Failure::Other:
      break;
  }
  return false;
}

}  // namespace

void SecurityProfile::power_on() {
  uint8_t worked = 0;
  if (record_.load(&worked)) worked_ = worked;
}

int SecurityProfile::in_use() const {
  return cp_.is_secured() ? cp_.configuration.number(Key::SecurityProfile) : 0;
}

bool SecurityProfile::uses_key() const {
  // What is not secured sends the key that it has.
  return !cp_.is_secured() || in_use() == 1 || in_use() == 2;
}

bool SecurityProfile::may_be(int wanted) const {
  const hal::Certificates* certificates = cp_.equipment.certificates;
  const bool has_key = cp_.configuration.secret_size() > 0 || cp_.settings.key_size > 0;
  if (wanted < in_use()) return false;
  if ((wanted == 1 || wanted == 2) && !has_key) return false;
  if (wanted < 2) return true;
  if (certificates == nullptr || certificates->roots(hal::RootKind::Central) == 0) return false;
  return wanted < 3 || certificates->has_own();
}

void SecurityProfile::changed() {
  if (in_use() == tried_) return;
  failures_ = 0;
  tell(Text<40>("security profile ").add(int64_t{in_use()}).get());
  cp_.connection.renew();
}

void SecurityProfile::key_changed() {
  if (cp_.is_secured()) tell("new authorization key");
  if (uses_key()) cp_.connection.renew();
}

void SecurityProfile::opened() {
  failures_ = 0;
  said_ = hal::Transport::Failure::Network;
  if (!cp_.is_secured()) return;
  if (cp_.equipment.certificates != nullptr) cp_.equipment.certificates->confirm_own();
  if (worked_ == in_use()) return;
  worked_ = in_use();
  const auto worked = static_cast<uint8_t>(worked_);
  if (!record_.save(&worked)) cp_.event(0, "the memory fails: security profile");
}

void SecurityProfile::failed(hal::Transport::Failure failure) {
  // A network that is down is no attempt.
  if (!cp_.is_secured() || failure == hal::Transport::Failure::Network) return;
  SecurityEvent event = SecurityEvent::InvalidTLSVersion;
  // Once for many attempts with the same end.
  if (failure != said_ && event_of(failure, event)) cp_.security.happened(event, "");
  said_ = failure;
  if (++failures_ < kAttempts) return;
  failures_ = 0;
  go_back();
}

void SecurityProfile::go_back() {
  hal::Certificates* certificates = cp_.equipment.certificates;
  if (worked_ >= 0 && worked_ < in_use()) {
    cp_.configuration.put_back(Key::SecurityProfile, worked_);
    tell("the new security profile does not work: back to the one before");
  } else if (in_use() == 3 && certificates != nullptr && certificates->has_previous_own()) {
    certificates->go_back_to_previous_own();
    tell("the new certificate does not work: back to the one before");
  }
}

void SecurityProfile::tell(const char* what) {
  cp_.security.happened(SecurityEvent::ReconfigurationOfSecurityParameters, what);
}

}  // namespace evse::ocpp
