// The installed root certificates, and the three messages about them (security whitepaper M03,
// M04, M05).
#pragma once

#include "hal/certificates.h"
#include "ocpp/frames.h"

namespace evse::ocpp {

struct ChargePoint;

class RootCertificates {
 public:
  explicit RootCertificates(ChargePoint& cp) : cp_(cp) {}

  void install(const MessageId& id, const Json* payload);
  void list(const MessageId& id, const Json* payload);
  void remove(const MessageId& id, const Json* payload);

 private:
  const char* remove_meant(const Json* asked);

  ChargePoint& cp_;
};

}  // namespace evse::ocpp
