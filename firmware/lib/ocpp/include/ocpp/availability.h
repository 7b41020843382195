// ChangeAvailability: in and out of operation, kept over a restart (OCPP 1.6 5.2).
#pragma once

#include "ocpp/connector.h"
#include "ocpp/frames.h"

namespace evse::ocpp {

struct ChargePoint;

class Availability {
 public:
  explicit Availability(ChargePoint& cp) : cp_(cp) {}

  void power_on();
  void change(const MessageId& id, const Json* payload);
  void ended(Connector& connector);
  bool operative() const { return operative_; }

 private:
  void apply(Connector& connector, bool operative);

  ChargePoint& cp_;
  bool operative_ = true;  // the charge point itself
};

}  // namespace evse::ocpp
