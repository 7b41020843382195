#include "ocpp/signing.h"

#include "ocpp/charge_point.h"

namespace evse::ocpp {

namespace {

constexpr uint64_t kDayS = 86400;
// A certificate is renewed so long before it expires; one that lives for less than three times
// that, in the last third of its life (A03: in time, by the charger itself).
constexpr int64_t kRenewBeforeUs = 30LL * 86400 * 1000000;
// How often to look whether a key has been made.
constexpr uint64_t kLookUs = kSecondUs / 10;

}  // namespace

void Signing::power_on() { daily_.set(cp_.in_seconds(kDayS)); }

void Signing::online() {
  // One that was on its way when the socket closed is sent again.
  if (step_ == Step::Sending) step_ = Step::Making;
  look();
}

void Signing::look() {
  int64_t from_utc_us = 0;
  int64_t until_utc_us = 0;
  if (step_ != Step::None || !cp_.equipment.certificates->own_validity(from_utc_us, until_utc_us)) {
    return;
  }
  const int64_t third_us = (until_utc_us - from_utc_us) / 3;
  const int64_t before_us = third_us < kRenewBeforeUs ? third_us : kRenewBeforeUs;
  if (cp_.utc_us() >= until_utc_us - before_us) ask();
}

void Signing::ask() {
  const char* serial_number = cp_.settings.serial_number;
  // The name in it is the serial number, and the operator (A02).
  cp_.equipment.certificates->request(
      serial_number != nullptr ? serial_number : cp_.settings.identity, cp_.configuration.name());
  step_ = Step::Making;
}

void Signing::poll() {
  if (daily_.due(cp_.now_us)) {
    daily_.set(cp_.in_seconds(kDayS));
    look();
  }
  if (step_ != Step::Making) return;
  if (!cp_.equipment.certificates->requested()) {
    cp_.event(0, Text<120>("no new key: ").add(cp_.equipment.certificates->why()));
    step_ = Step::None;
    return;
  }
  if (cp_.equipment.certificates->request_pem() == nullptr) return;
  Outgoing call;
  call.action = Action::SignCertificate;
  call.triggered = true;
  if (cp_.calls.send(call)) step_ = Step::Sending;
}

uint64_t Signing::next_us() const {
  const bool looks = step_ == Step::Making && cp_.calls.open();
  return looks ? cp_.now_us + kLookUs : daily_.at_us();
}

void Signing::write(JsonWriter& out) const {
  const char* pem = cp_.equipment.certificates->request_pem();
  out.text("csr", pem == nullptr ? "" : pem);
}

void Signing::outcome(const Outcome& outcome) {
  if (step_ != Step::Sending || outcome.kind == Outcome::Kind::Unanswered) return;
  step_ = Step::None;
  if (outcome.kind == Outcome::Kind::Answered &&
      equal(text_of(outcome.payload, "status"), "Accepted")) {
    return;
  }
  cp_.equipment.certificates->forget_request();
  cp_.event(0, "the central system does not sign certificates");
}

void Signing::certificate_signed(const MessageId& id, const Json* payload) {
  hal::Certificates& certificates = *cp_.equipment.certificates;
  const bool asked = certificates.requested();
  const hal::Taken taken =
      asked ? certificates.take_own(text_of(payload, "certificateChain"), cp_.utc_us())
            : hal::Taken::Bad;
  if (taken == hal::Taken::Good) {
    step_ = Step::None;
    cp_.calls.status(id, "Accepted");
    cp_.security.happened(SecurityEvent::ReconfigurationOfSecurityParameters,
                          "new certificate of the charge point");
    if (cp_.security_profile.in_use() == 3) cp_.connection.renew();
    return;
  }
  cp_.calls.status(id, "Rejected");
  const char* why = asked ? certificates.why() : "it was not asked for";
  cp_.event(0, Text<120>("certificate not taken: ").add(why));
  if (taken == hal::Taken::Bad) {
    cp_.security.happened(SecurityEvent::InvalidChargePointCertificate, why);
  }
}

}  // namespace evse::ocpp
