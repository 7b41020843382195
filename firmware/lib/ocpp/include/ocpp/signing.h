// The charger's own certificate: asked for, signed, taken into use, renewed (security whitepaper
// A02, A03).
//
// SignCertificate carries a request for a fresh key pair; its answer is but a receipt. The
// certificate comes later, in a call CertificateSigned.
#pragma once

#include "ocpp/deadline.h"
#include "ocpp/frames.h"
#include "ocpp/json_writer.h"
#include "ocpp/outgoing.h"

namespace evse::ocpp {

struct ChargePoint;

class Signing {
 public:
  explicit Signing(ChargePoint& cp) : cp_(cp) {}

  // Looks daily from now on whether the certificate is to be renewed.
  void power_on();
  // A boot was accepted, or a socket is open again.
  void online();
  // Makes a new key, and asks for its certificate.
  void ask();
  void certificate_signed(const MessageId& id, const Json* payload);

  void write(JsonWriter& out) const;
  void outcome(const Outcome& outcome);
  void poll();
  uint64_t next_us() const;

 private:
  // Of a request.
  enum class Step : uint8_t { None, Making, Sending };

  void look();

  ChargePoint& cp_;
  Step step_ = Step::None;
  Deadline daily_;
};

}  // namespace evse::ocpp
